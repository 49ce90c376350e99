import { useStageStatus } from "./StageStatusProvider.tsx";
import { scoringNotice } from "./scoring-notice.ts";

/** Says when records are not judged, or less well than they could be. */
export function ScoringBanner() {
  const { status } = useStageStatus();
  const notice = status === undefined ? undefined : scoringNotice(status);
  // The element stays, so that what it says is read out when it changes.
  return (
    <div role="status" className="scoring-banner">
      {notice !== undefined && <p className={`scoring-notice tone-${notice.tone}`}>{notice.text}</p>}
    </div>
  );
}
