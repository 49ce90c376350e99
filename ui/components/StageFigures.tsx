import { describeError } from "../client.ts";
import { formatCount, formatRate } from "../format/count.ts";
import type { Tone } from "../ui/Badge.tsx";
import { StatusDot } from "../ui/StatusDot.tsx";
import { type StageStatus, useStageStatus } from "./StageStatusProvider.tsx";

type ForwardState = NonNullable<StageStatus["status"]>["forwardState"];

const forwardWords: Readonly<Record<ForwardState, { readonly text: string; readonly tone: Tone }>> = {
  SINK: { text: "none (sink)", tone: "muted" },
  OK: { text: "next hop, ok", tone: "ok" },
  RETRYING: { text: "next hop, retrying", tone: "warning" },
  REFUSING: { text: "next hop, refusing", tone: "danger" },
  UNKNOWN: { text: "unknown", tone: "muted" },
};

/** How many stages share the database; nothing where there is one. */
function StageCount({ stages }: Pick<NonNullable<StageStatus["status"]>, "stages">) {
  if (stages.length < 2) return null;
  const running = stages.filter((one) => one.isRunning).length;
  const silent = stages.length - running;
  const names = stages.map(({ instance, isRunning }) => (isRunning ? instance : `${instance} (silent)`));
  return (
    <div>
      <dt>Stages</dt>
      <dd title={names.join(", ")}>
        {formatCount(running)}
        {silent > 0 && ` (${formatCount(silent)} silent)`}
      </dd>
    </div>
  );
}

/** The stage at a glance: throughput, model, next hop, what is still learning. */
export function StageFigures() {
  const { status, services, error } = useStageStatus();
  if (error !== undefined) return <p className="stage-figures tone-danger">{describeError(error).message}</p>;
  if (status === undefined || services === undefined)
    return <p className="stage-figures">Asking the stage …</p>;
  const learning = services.filter((service) => service.learningState === "LEARNING").length;
  const forward = forwardWords[status.forwardState];
  return (
    <dl className="stage-figures" aria-label="Stage">
      <div>
        <dt>Records/s</dt>
        <dd>{formatRate(status.recordsPerSecond)}</dd>
      </div>
      <div className="figure-model">
        <dt>Model</dt>
        <dd>{status.model}</dd>
      </div>
      <div>
        <dt>Forward to</dt>
        <dd>
          <StatusDot tone={forward.tone} />
          {forward.text}
        </dd>
      </div>
      <StageCount stages={status.stages} />
      <div className="figure-learning">
        <dt>Services learning</dt>
        <dd>{formatCount(learning)}</dd>
      </div>
    </dl>
  );
}
