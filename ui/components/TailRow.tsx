import { memo } from "react";
import { formatCount } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { formatPreciseClock } from "../format/time.ts";
import { LogText } from "../ui/LogText.tsx";
import { severityTone } from "./severity-tone.ts";
import type { TailRecord } from "./tail-record.ts";
import type { TailEntry } from "./tail-state.ts";
import { tailTone } from "./tail-tone.ts";

interface TailRowProps {
  readonly entry: TailEntry;
  readonly isSelected: boolean;
  readonly onSelect: (key: number) => void;
}

/** One line of the tail; drawn anew only when it changes itself. */
export const TailRow = memo(function TailRow({ entry, isSelected, onSelect }: TailRowProps) {
  switch (entry.kind) {
    case "gap":
      return (
        <p className="tail-mark">
          {entry.toMs === undefined
            ? `Connection lost at ${formatPreciseClock(entry.fromMs)}`
            : `No connection from ${formatPreciseClock(entry.fromMs)} to ${formatPreciseClock(entry.toMs)}: what came then is not here`}
        </p>
      );
    case "skipped":
      return (
        <p className="tail-mark">{formatCount(entry.records)} records of the pause were not kept here</p>
      );
    case "record":
      return (
        <button
          type="button"
          className={`tail-row tail-${tailTone(entry.record)}`}
          aria-pressed={isSelected}
          onClick={() => onSelect(entry.key)}
        >
          <Cells record={entry.record} />
        </button>
      );
  }
});

function Cells({ record }: { readonly record: TailRecord }) {
  return (
    <>
      <span className="tail-time">{formatPreciseClock(Date.parse(record.time))}</span>
      <span className="tail-score">{record.score === null ? "—" : formatScore(record.score)}</span>
      <span className={`tail-severity tone-${severityTone(record.severity)}`}>
        <LogText text={record.severity ?? ""} />
      </span>
      <span className="tail-service">
        <LogText text={record.service} />
      </span>
      <span className="tail-body">
        {record.isAnomaly ? <strong className="tail-flag">Anomaly</strong> : null}
        <LogText text={record.body} />
      </span>
    </>
  );
}
