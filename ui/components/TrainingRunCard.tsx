import { formatAgo, formatDuration, formatInstant } from "../format/time.ts";
import { Badge } from "../ui/Badge.tsx";
import { LogText } from "../ui/LogText.tsx";
import { LossCurve } from "./LossCurve.tsx";
import type { TrainingRunData } from "./training-query.ts";
import { isOpen, lossChange, stateWords } from "./training-runs.ts";

interface TrainingRunCardProps {
  readonly run: TrainingRunData;
  readonly nowMs: number;
}

/** One run: what became of it, and why. */
export function TrainingRunCard({ run, nowMs }: TrainingRunCardProps) {
  const { tone, word, sentence } = stateWords(run.state);
  // A lower loss may be no reason to use them: what was, comes before the figures.
  const isReasonFirst = run.state === "REJECTED" || run.state === "FAILED";
  return (
    <li className="training-run">
      <header>
        <Badge tone={tone}>{word}</Badge>
        <strong>{run.service === null ? "All services" : <LogText text={run.service} />}</strong>
        <span className="muted run-time">
          <time dateTime={run.createdAt} title={formatInstant(Date.parse(run.createdAt))}>
            {formatAgo(Date.parse(run.createdAt), nowMs)}
          </time>
          {run.finishedAt === null
            ? ""
            : `, took ${formatDuration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`}
        </span>
      </header>
      {isOpen(run) ? <RunProgress run={run} /> : null}
      {isReasonFirst ? <RunMessage run={run} className="run-message" /> : null}
      <p>{sentence}</p>
      <HeldOutLoss run={run} />
      {isReasonFirst ? null : <RunMessage run={run} className="muted run-message" />}
      <LossCurve points={run.losses} />
      {run.modelBefore === null && run.modelAfter === null ? null : (
        <p className="muted run-weights">
          Weights <code>{run.modelBefore ?? "unknown"}</code>
          {run.modelAfter === null ? null : (
            <>
              {" → "}
              <code>{run.modelAfter}</code>
            </>
          )}
        </p>
      )}
    </li>
  );
}

interface RunMessageProps extends Pick<TrainingRunCardProps, "run"> {
  readonly className: string;
}

function RunMessage({ run, className }: RunMessageProps) {
  if (run.message === null) return null;
  return (
    <p className={className}>
      <LogText text={run.message} />
    </p>
  );
}

function RunProgress({ run }: Pick<TrainingRunCardProps, "run">) {
  const percent = Math.round(run.progress * 100);
  return (
    <div className="run-progress">
      <progress max={100} value={percent} aria-label="Training" />
      <span className="number">{percent} %</span>
      {run.loss === null ? null : <span className="muted">loss {run.loss.toFixed(3)}</span>}
    </div>
  );
}

function HeldOutLoss({ run }: Pick<TrainingRunCardProps, "run">) {
  const { heldOutLossBefore: before, heldOutLossAfter: after } = run;
  if (before === null || after === null) return null;
  return (
    <p>
      Loss on records held out: <span className="number">{before.toFixed(3)}</span> →{" "}
      <strong className="number">{after.toFixed(3)}</strong>{" "}
      <span className="muted">{lossChange(before, after)}; lower is better</span>
    </p>
  );
}
