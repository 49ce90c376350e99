import { describeError } from "../client.ts";
import { formatCount } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { paths } from "../paths.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { LogText } from "../ui/LogText.tsx";
import { Link } from "./Link.tsx";
import { isEnough, type LabellingProgressData, missingInWords } from "./labelling-progress.ts";
import { READ_ONLY, useCanWrite } from "./ReadOnlyNote.tsx";
import { RocCurve } from "./RocCurve.tsx";
import type { ProposalState } from "./use-threshold-proposal.ts";

interface ThresholdProposalProps {
  readonly service: string;
  readonly state: ProposalState;
  readonly onUse: (value: number) => void;
}

/** Which threshold best parts what people called real from what they called expected (Youden's J), and how well. */
export function ThresholdProposal({ service, state, onUse }: ThresholdProposalProps) {
  const { progress, proposal, error, retry } = state;
  const canWrite = useCanWrite();
  const value = proposal?.value ?? undefined;
  const hasTooFew = progress !== undefined && !isEnough(progress);
  return (
    <section className="proposal" aria-label="Proposal from the labels">
      {proposal === undefined || proposal.points.length === 0 ? null : (
        <RocCurve points={proposal.points} chosen={value} />
      )}
      <div aria-live="polite" className="proposal-answer">
        <h2>Proposal from the labels</h2>
        {error === undefined ? null : <ErrorNotice {...describeError(error)} onRetry={retry} />}
        {progress !== undefined && isEnough(progress) && !canWrite ? (
          <p className="muted">{READ_ONLY}</p>
        ) : null}
        {hasTooFew ? <TooFewLabels service={service} progress={progress} /> : null}
        {proposal === undefined ? null : (
          <>
            {proposal.auc === null ? null : (
              <p>
                AUC <strong className="number">{proposal.auc.toFixed(3)}</strong>{" "}
                <span className="muted">
                  over {formatCount(proposal.confirmed)} real and {formatCount(proposal.expected)} expected;
                  0.5 is chance, 1 parts them perfectly
                </span>
              </p>
            )}
            <p>{proposal.message}</p>
          </>
        )}
        {value === undefined ? null : <Button onClick={() => onUse(value)}>Try {formatScore(value)}</Button>}
      </div>
    </section>
  );
}

interface TooFewLabelsProps {
  readonly service: string;
  readonly progress: LabellingProgressData;
}

function TooFewLabels({ service, progress }: TooFewLabelsProps) {
  const { confirmed, expected, confirmedNeeded, expectedNeeded } = progress;
  return (
    <p>
      <strong>Too few labels:</strong> {formatCount(confirmed)} of {confirmedNeeded} real,{" "}
      {formatCount(expected)} of {expectedNeeded} expected; {missingInWords(progress)} and there is a
      proposal.{" "}
      <Link href={`${paths.label}?${new URLSearchParams({ service })}`}>
        Label records of <LogText text={service} />
      </Link>
    </p>
  );
}
