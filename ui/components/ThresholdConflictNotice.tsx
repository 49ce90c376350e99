import { formatAgo } from "../format/time.ts";
import { Button } from "../ui/Button.tsx";
import { changeInWords } from "./threshold-words.ts";
import type { ThresholdConflict } from "./use-threshold-editing.ts";

interface ThresholdConflictNoticeProps {
  readonly conflict: ThresholdConflict;
  readonly onTakeTheirs: () => void;
}

/** Somebody else was faster: who set what, and both ways on. */
export function ThresholdConflictNotice({ conflict, onTakeTheirs }: ThresholdConflictNoticeProps) {
  const nowMs = Date.now();
  return (
    <div className="notice tone-warning" role="alert">
      <div>
        <p>
          <strong>This threshold was changed after you opened it.</strong>
        </p>
        <ul>
          {conflict.changes.map((change) => (
            <li key={change.id}>
              {change.author ?? "Somebody"} set it to {changeInWords(change)},{" "}
              {formatAgo(Date.parse(change.at), nowMs)}.
            </li>
          ))}
        </ul>
        <p>Nothing of yours is stored or lost: save again to replace theirs, or keep theirs.</p>
      </div>
      <Button onClick={onTakeTheirs}>Keep theirs</Button>
    </div>
  );
}
