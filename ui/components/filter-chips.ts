import { formatClock } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";
import type { ListFilter, Span, VerdictFilter } from "./list-filter.ts";

/** A span in words. */
export const spanWords: Readonly<Record<Span, string>> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
};

/** A verdict in words. */
export const verdictWords: Readonly<Record<VerdictFilter, string>> = {
  unlabelled: "No verdict yet",
  confirmed: "Real",
  expected: "Expected",
};

/** A part of the filter that is set, in words, and what takes it away. */
export interface FilterChip {
  readonly label: string;
  readonly cleared: Partial<ListFilter>;
}

/** The parts of the filter that have no control of their own in sight. */
export function filterChips(filter: ListFilter, nowMs: number): readonly FilterChip[] {
  const { traceId, templateId, incidentId, verdict, minScore, span, from, to } = filter;
  const clock = (iso: string) => formatClock(Date.parse(iso), nowMs);
  const chips: readonly (FilterChip | undefined)[] = [
    incidentId === "" ? undefined : { label: "One incident", cleared: { incidentId: "" } },
    templateId === "" ? undefined : { label: "One template", cleared: { templateId: "" } },
    traceId === ""
      ? undefined
      : { label: `Trace ${visibleText(traceId.slice(0, 8))}`, cleared: { traceId: "" } },
    span === "" ? undefined : { label: spanWords[span], cleared: { span: "" } },
    span !== "" || from === "" ? undefined : { label: `From ${clock(from)}`, cleared: { from: "" } },
    span !== "" || to === "" ? undefined : { label: `Before ${clock(to)}`, cleared: { to: "" } },
    verdict === "" ? undefined : { label: verdictWords[verdict], cleared: { verdict: "" } },
    minScore === 0 ? undefined : { label: `Score ≥ ${minScore}`, cleared: { minScore: 0 } },
  ];
  return chips.filter((chip) => chip !== undefined);
}
