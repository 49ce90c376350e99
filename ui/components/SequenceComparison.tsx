import { type ReactNode, useState } from "react";
import { formatNoun } from "../format/count.ts";
import { formatPercent } from "../format/score.ts";
import { formatClock, formatInstant } from "../format/time.ts";
import { Button } from "../ui/Button.tsx";
import { StatusDot } from "../ui/StatusDot.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { type AlignedRow, alignSequences } from "./align-sequences.ts";
import type { AnomalyData } from "./anomaly-query.ts";
import { describeDifference } from "./difference-words.ts";
import { foldRows, type Stretch } from "./fold-rows.ts";
import { gapBefore } from "./gap-before.ts";
import { severityTone } from "./severity-tone.ts";
import { WindowSequence } from "./WindowSequence.tsx";

type NormalSequence = NonNullable<AnomalyData["nearestNormal"]>;

interface SequenceComparisonProps {
  readonly events: AnomalyData["window"];
  readonly normal: AnomalyData["nearestNormal"];
  /** What the model expected at the subject's place, most probable first. */
  readonly expected: AnomalyData["explanation"]["expected"];
  readonly nowMs: number;
}

/** The sequence that came beside the most similar normal one, equal events in one row; alone where none is stored. */
export function SequenceComparison({ events, normal, expected, nowMs }: SequenceComparisonProps) {
  if (events.length === 0) return null;
  if (normal === null)
    return (
      <div className="detail-section">
        <WindowSequence events={events} />
        <p className="muted sequence-note">
          No normal sequence of this service is stored yet to lay beside it.
        </p>
      </div>
    );
  const rows = alignSequences(templatesOf(events), templatesOf(normal.window));
  return (
    <section className="detail-section">
      <h2>Sequence</h2>
      <p className="sequence-note">{describeDifference(rows, formatClock(Date.parse(normal.time), nowMs))}</p>
      <div className="comparison">
        <p className="comparison-head" aria-hidden="true">
          <span>What came</span>
          <span>Nearest normal sequence</span>
        </p>
        <ol>
          {foldRows(rows, (row) => row.kind !== "same" || isSubjectOf(events, row)).map((stretch) => (
            <RowStretch
              key={keyOf(stretch.rows[0])}
              stretch={stretch}
              events={events}
              normal={normal.window}
              expected={expected}
            />
          ))}
        </ol>
      </div>
    </section>
  );
}

const marks: Readonly<Record<AlignedRow["kind"], { readonly sign: string; readonly words: string }>> = {
  same: { sign: "", words: "" },
  replaced: { sign: "≠", words: "Came instead of another event:" },
  added: { sign: "+", words: "Extra event:" },
  missing: { sign: "−", words: "Missing event:" },
};

interface RowStretchProps extends Omit<ComparisonRowProps, "row"> {
  readonly stretch: Stretch<AlignedRow>;
}

/** Rows; equal ones far from what differs behind one line, until it is opened. */
function RowStretch({ stretch, ...rest }: RowStretchProps) {
  const [isOpen, setOpen] = useState(false);
  const { isFolded } = stretch;
  const rows = stretch.rows.map((row) => <ComparisonRow key={keyOf(row)} row={row} {...rest} />);
  if (!isFolded) return rows;
  return (
    <>
      <li className="folded">
        <Button tone="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
          {formatNoun(stretch.rows.length, "equal event")}
        </Button>
      </li>
      {isOpen ? rows : null}
    </>
  );
}

interface ComparisonRowProps extends Pick<SequenceComparisonProps, "events" | "expected"> {
  readonly row: AlignedRow;
  readonly normal: NormalSequence["window"];
}

function ComparisonRow({ row, events, normal, expected }: ComparisonRowProps) {
  const isSubject = isSubjectOf(events, row);
  const { sign, words } = marks[row.kind];
  const [likeliest] = expected;
  return (
    <li className={`is-${row.kind} ${isSubject ? "is-subject" : ""}`}>
      <span className="row-mark" aria-hidden="true">
        {sign}
      </span>
      {words === "" ? null : <span className="visually-hidden">{words}</span>}
      <Cell side="came" events={events} index={row.came}>
        {isSubject ? <strong className="subject-mark">This event</strong> : null}
      </Cell>
      {row.kind === "replaced" ? <span className="visually-hidden">normal was:</span> : null}
      <Cell side="normal" events={normal} index={row.normal} isRepetition={row.kind === "same"} />
      {isSubject && likeliest !== undefined ? (
        <span className="expected-here">
          expected here ({formatPercent(likeliest.probability)}):{" "}
          {likeliest.template === null ? <em>the end</em> : <TemplateText text={likeliest.template} />}
        </span>
      ) : null}
    </li>
  );
}

interface CellProps {
  readonly side: "came" | "normal";
  readonly events: NormalSequence["window"];
  /** undefined: this side has nothing there. */
  readonly index: number | undefined;
  /** The other side says the same: not read out twice. */
  readonly isRepetition?: boolean;
  readonly children?: ReactNode;
}

function Cell({ side, events, index, isRepetition = false, children }: CellProps) {
  const event = index === undefined ? undefined : events[index];
  if (index === undefined || event === undefined)
    return <span className={`cell cell-${side} is-absent`} aria-hidden="true" />;
  return (
    <span className={`cell cell-${side}`} aria-hidden={isRepetition}>
      <span className="number" title={formatInstant(Date.parse(event.time))}>
        {gapBefore(events, index)}
      </span>
      <StatusDot tone={severityTone(event.severity)} />
      <span className="window-event">
        {children}
        <TemplateText text={event.template} />
      </span>
    </span>
  );
}

function templatesOf(events: readonly { readonly template: string }[]): readonly string[] {
  return events.map(({ template }) => template);
}

function isSubjectOf(events: AnomalyData["window"], { came }: AlignedRow): boolean {
  return came !== undefined && events[came]?.isSubject === true;
}

function keyOf(row: AlignedRow | undefined): string {
  return `${row?.came ?? ""}:${row?.normal ?? ""}`;
}
