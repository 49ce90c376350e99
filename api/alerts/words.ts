import type { HealthNotice, IncidentNotice, Notice } from "./notice.ts";
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
} as const;

/** A message's heading without its service, which is a log's text. */
export function heading(notice: Exclude<Notice, { kind: "event" }>): string {
  if (notice.kind === "test") return "Test message";
  if (notice.kind === "health") return HEALTH_HEADINGS[notice.phase];
  if (notice.kind === "summary") return `${notice.total} incidents that were held back`;
  const severity = severityWord(notice.severityNumber);
  return severity === "" ? PHASES[notice.phase] : `${PHASES[notice.phase]} · ${severity}`;
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
  const found = `${Math.round(100 * recallRatio)} % of the sequences that are known to be odd`;
  return phase === "collapsed"
    ? `logbert finds ${found}: its scores mean little until this is mended. Records are forwarded all the same. Go back to earlier weights, or look at the stage's log.`
    : `logbert finds ${found} again. What it said since ${minute(collapsedAtMs)} UTC means little.`;
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
