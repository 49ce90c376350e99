import type { HealthNotice, IncidentNotice, Notice, SummaryNotice } from "./notice.ts";
import { SEVERITIES, severityClass } from "./severity.ts";

/** The name of a severity's class, "" for a record without one. Example: 18 gives "ERROR". */
export function severityWord(severityNumber: number): string {
  return SEVERITIES[severityClass(severityNumber) - 1] ?? "";
}

const PHASES = {
  opened: "New incident",
  updated: "Still going on",
  over: "Over",
  past: "New incident, over already",
} as const;

/** A phase as programs are told it: what is past is over, with a reason. */
export function phaseWord(phase: IncidentNotice["phase"]): "opened" | "updated" | "over" {
  return phase === "past" ? "over" : phase;
}

const HEALTH_HEADINGS = {
  collapsed: "The detector does not work",
  recovered: "The detector works again",
  untried: "The detector is no longer tried",
} as const;

const SUMMARY_HEADINGS = {
  heldBack: "incidents that were held back",
  over: "incidents are over",
  grown: "incidents go on, and have grown",
} as const satisfies Readonly<Record<SummaryNotice["about"], string>>;

/** A message's heading without its service, which is a log's text. */
export function heading(notice: Exclude<Notice, { kind: "event" }>): string {
  if (notice.kind === "test") return "Test message";
  if (notice.kind === "health") return HEALTH_HEADINGS[notice.phase];
  if (notice.kind === "summary") return `${notice.total} ${SUMMARY_HEADINGS[notice.about]}`;
  const word = labelOf(notice);
  // What is begun anew says why.
  const isAgain = notice.phase === "opened" && notice.reason !== "";
  const phase = isAgain ? "Going on again" : PHASES[notice.phase];
  return word === "" ? phase : `${phase} · ${word}`;
}

/** What an incident is told as: by its severity, or as a silence. */
export function labelOf({
  strongest,
  severityNumber,
}: Pick<IncidentNotice, "strongest" | "severityNumber">): string {
  return strongest === "silence" ? "silence" : severityWord(severityNumber);
}

/** The kinds of messages that a message shows: of what is a silence alone none, it would be the last one before it. */
export function templatesShown({
  strongest,
  templates,
  templatesTotal,
}: Pick<IncidentNotice, "strongest" | "templates" | "templatesTotal">): IncidentNotice["templates"] {
  return strongest === "silence" && templatesTotal === 1 ? [] : templates;
}

/** The figures of an incident. Example: "312 anomalies · highest score 0.98 · 2026-01-05 10:00 to 10:20 UTC" */
export function figures(
  subject: Pick<IncidentNotice, "anomalies" | "maxScore" | "startedAtMs" | "lastAtMs">,
): string {
  const { anomalies, maxScore, startedAtMs, lastAtMs } = subject;
  const count = anomalies === 1 ? "1 anomaly" : `${anomalies} anomalies`;
  return `${count} · highest score ${maxScore.toFixed(2)} · ${span(startedAtMs, lastAtMs)}`;
}

/** What is told of the detector itself, in one paragraph. */
export function healthSentence({ phase, recallRatio, collapsedAtMs }: HealthNotice): string {
  const share = recallRatio === undefined ? "too few" : `${Math.round(100 * recallRatio)} %`;
  const found = `logbert finds ${share} of the sequences that are known to be odd`;
  const since = `${minute(collapsedAtMs)} UTC`;
  switch (phase) {
    case "collapsed":
      return `${found}; it should find nearly all. Its scores mean little until this is mended: incidents may go untold. Records are forwarded all the same. Go back to earlier weights, or look at the stage's log.`;
    case "recovered":
      return `${found} again. What it said since ${since} means little.`;
    case "untried":
      return `Since ${since} logbert found too few of the sequences that are known to be odd, and now nobody tries whether it does: canaries are off. Its scores may mean little. That it works is told when canaries are on again and find so.`;
  }
}

/** What a message on several incidents ends with. */
export function summaryEnd({ incidents, total, anomalies }: SummaryNotice): string {
  const more = total > incidents.length ? `${total - incidents.length} more incidents; ` : "";
  return `${more}${anomalies} anomalies in all`;
}

/** Whether one of several incidents is over, and what has grown. */
export function standing({ isOver, reason }: SummaryNotice["incidents"][number]): string {
  return [isOver ? "over" : "going on", ...(reason === "" ? [] : [reason])].join(", ");
}

/** What a test message says. */
export const TEST_SENTENCE = "This channel works: incidents that are routed to it are told here.";

function span(fromMs: number, toMs: number): string {
  const from = minute(fromMs);
  const to = minute(toMs);
  if (from === to) return `${from} UTC`;
  const isSameDay = from.slice(0, 10) === to.slice(0, 10);
  return `${from} to ${isSameDay ? to.slice(11) : to} UTC`;
}

function minute(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}
