import { describeError } from "../client.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { useNow } from "../ui/use-now.ts";
import { ruleBefore, type ThresholdChange } from "./threshold-history.ts";
import { changeInWords } from "./threshold-words.ts";
import type { ThresholdHistoryState } from "./use-threshold-history.ts";

interface ThresholdHistoryProps {
  readonly history: ThresholdHistoryState;
  readonly isBusy: boolean;
  readonly onRevert: (change: ThresholdChange) => void;
}

/** Who changed a threshold, when and to what; each change can be taken back. */
export function ThresholdHistory({ history, isBusy, onRevert }: ThresholdHistoryProps) {
  const { changes, hasOlder, error } = history;
  const nowMs = useNow();
  return (
    <section className="threshold-history" aria-label="History">
      <h2>History</h2>
      {error === undefined ? null : (
        <ErrorNotice {...describeError(error)} onRetry={() => void history.reload()} />
      )}
      {changes === undefined && error === undefined ? (
        <Skeleton rows={1} label="Loading the history" />
      ) : null}
      {changes?.length === 0 ? <p className="muted">Nobody has changed it yet.</p> : null}
      {changes === undefined || changes.length === 0 ? null : (
        <ol className="changes">
          {changes.map((change, index) => (
            <Change
              key={change.id}
              change={change}
              before={ruleBefore(changes, index, hasOlder)}
              isBusy={isBusy}
              nowMs={nowMs}
              onRevert={onRevert}
            />
          ))}
        </ol>
      )}
      {hasOlder ? <Button onClick={history.loadOlder}>Show older changes</Button> : null}
    </section>
  );
}

interface ChangeProps extends Pick<ThresholdHistoryProps, "isBusy" | "onRevert"> {
  readonly change: ThresholdChange;
  readonly before: ReturnType<typeof ruleBefore>;
  readonly nowMs: number;
}

function Change({ change, before, isBusy, nowMs, onRevert }: ChangeProps) {
  const back = before === undefined ? "what it was before" : changeInWords(before);
  return (
    <li>
      <Timestamp iso={change.at} nowMs={nowMs} />
      <span className="change-what">
        <strong>{changeInWords(change)}</strong>{" "}
        <span className="muted">
          by {change.author ?? "somebody"}
          {change.revertOf === null ? "" : ", taking a change back"}
        </span>
      </span>
      <Button disabled={isBusy} title={`Back to ${back}`} onClick={() => onRevert(change)}>
        Revert<span className="visually-hidden"> to {back}</span>
      </Button>
    </li>
  );
}
