import { useState } from "react";
import { formatAgo, formatInstant } from "../format/time.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { LogText } from "../ui/LogText.tsx";
import { READ_ONLY, useCanWrite } from "./ReadOnlyNote.tsx";
import { RollbackDialog } from "./RollbackDialog.tsx";
import { useStageStatus } from "./StageStatusProvider.tsx";
import type { ModelData } from "./training-query.ts";

interface ModelListProps {
  readonly models: readonly ModelData[];
  readonly nowMs: number;
  readonly onChanged: () => void;
  readonly announce: (text: string) => void;
}

/** The weights that there are, which of them judge, and the way back. */
export function ModelList({ models, nowMs, onChanged, announce }: ModelListProps) {
  const [isAsking, setAsking] = useState(false);
  const { status } = useStageStatus();
  const canWrite = useCanWrite();
  const active = models.find(({ isActive }) => isActive);
  const isSwapping = status !== undefined && active !== undefined && status.model !== active.version;
  const previous = active?.previousVersion ?? undefined;
  return (
    <section className="models" aria-label="Weights">
      <header className="section-header">
        <h2>Weights</h2>
        {active === undefined || previous === undefined ? null : (
          <Button
            disabled={!canWrite}
            title={canWrite ? undefined : READ_ONLY}
            onClick={() => setAsking(true)}
          >
            Go back to the weights before
          </Button>
        )}
      </header>
      {isSwapping ? (
        <p className="muted" role="status">
          <code>{status.model}</code> judges until the stage has taken the new ones.
        </p>
      ) : null}
      <ul>
        {models.map((model) => (
          <Model key={model.version} model={model} nowMs={nowMs} />
        ))}
      </ul>
      {active === undefined || previous === undefined ? null : (
        <RollbackDialog
          isOpen={isAsking}
          from={active.version}
          to={previous}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            announce(`Back to the weights ${previous}`);
            onChanged();
          }}
          onFailed={onChanged}
        />
      )}
    </section>
  );
}

function Model({ model, nowMs }: { readonly model: ModelData; readonly nowMs: number }) {
  const { version, origin, isActive, createdAt, activatedAt, problem } = model;
  const since = activatedAt ?? createdAt;
  return (
    <li className={isActive ? "is-active" : ""}>
      <code>{version}</code>
      {isActive ? <Badge tone="ok">In use</Badge> : null}
      <span className="muted">
        {origin === "CONFIGURED" ? "configured or shipped" : "trained here"},{" "}
        <time dateTime={since} title={formatInstant(Date.parse(since))}>
          {activatedAt === null ? "made" : "last put in use"} {formatAgo(Date.parse(since), nowMs)}
        </time>
      </span>
      {problem === null ? null : (
        <span className="model-problem">
          <Badge tone="danger">Could not be loaded</Badge> <LogText text={problem} />
        </span>
      )}
    </li>
  );
}
