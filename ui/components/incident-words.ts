import { formatDuration } from "../format/time.ts";
import type { IncidentRowData } from "./incident-row.ts";

/** An incident that nothing was added to for so long is over, whatever was last heard of it. */
const ONGOING_MS_MAX = 600_000;

/** Whether something could still be added, by what was last heard of it and by the clock. */
export function isStillOngoing(
  { isOngoing, lastAt }: Pick<IncidentRowData, "isOngoing" | "lastAt">,
  nowMs: number,
): boolean {
  return isOngoing && nowMs - Date.parse(lastAt) <= ONGOING_MS_MAX;
}

const SECOND_MS = 1_000;

/** From an incident's first anomaly to its last. Example: "12 min"; "" where that is less than a second */
export function incidentDuration({
  startedAt,
  lastAt,
}: Pick<IncidentRowData, "startedAt" | "lastAt">): string {
  const lengthMs = Date.parse(lastAt) - Date.parse(startedAt);
  return lengthMs < SECOND_MS ? "" : formatDuration(lengthMs);
}

/** Anomalies of templates that an incident does not tell apart: it names the first so many alone. 0 where it names them all. */
export function anomaliesOfOthers({
  anomalies,
  templates,
}: {
  readonly anomalies: number;
  readonly templates: readonly { readonly anomalies: number }[];
}): number {
  return Math.max(0, anomalies - templates.reduce((sum, one) => sum + one.anomalies, 0));
}

/** What people said of an incident, taken together. */
export interface IncidentVerdict {
  readonly isTrueAnomaly: boolean;
  /** Templates of which the same was said, out of `templates`. */
  readonly said: number;
  readonly templates: number;
}

type Given = IncidentRowData["feedback"][number];

/**
 * The verdict of an incident: what was said last of each of its anomalies. Undefined while nothing was said; "mixed" where one is
 * real and another was expected.
 */
export function incidentVerdict({
  templates,
  feedback,
}: {
  readonly templates: readonly Pick<IncidentRowData["templates"][number], "feedback">[];
  readonly feedback: readonly Pick<Given, "anomalyId" | "isTrueAnomaly">[];
}): IncidentVerdict | "mixed" | undefined {
  const last = new Map(feedback.map(({ anomalyId, isTrueAnomaly }) => [anomalyId, isTrueAnomaly]));
  const [first, ...others] = last.values();
  if (first === undefined) return undefined;
  if (others.some((one) => one !== first)) return "mixed";
  const said = templates.filter((one) => one.feedback !== null).length;
  return { isTrueAnomaly: first, said, templates: templates.length };
}

/** Longest time between the first and the last word of one verdict: an earlier version gave it template by template. */
const ONE_BREATH_MS = 2_000;

/** What was said last, in one breath: the feedback to take back when somebody undoes it. */
export function lastGiven<Said extends Pick<Given, "isTrueAnomaly" | "createdAt">>(
  feedback: readonly Said[],
): readonly Said[] {
  const last = feedback.at(-1);
  if (last === undefined) return [];
  return feedback.filter(
    (one) =>
      one.isTrueAnomaly === last.isTrueAnomaly &&
      Date.parse(last.createdAt) - Date.parse(one.createdAt) <= ONE_BREATH_MS,
  );
}
