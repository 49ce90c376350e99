import type { ActiveAlert, Alert } from "../../store/alert.ts";
import type { Incident } from "../../store/incident.ts";
import { hasLastedLongest } from "../../store/incident.ts";
import { isOver } from "./alert-times.ts";
import { isWorse, worseReason } from "./growth.ts";

/** An incident to tell of. */
export interface Listed {
  readonly incident: Incident;
  readonly isOver: boolean;
  /** What is new of it, why it is over, or that it has gone on meanwhile; "" where there is nothing to say beside the phase. */
  readonly reason: string;
}

/** One incident: past is new, and over already. Several: those that were held back, those that are over, those that have grown. */
export type Phase = "opened" | "updated" | "over" | "past" | "summary" | "ends" | "updates";

/** A message to come. */
export interface Telling {
  readonly key: string;
  readonly phase: Phase;
  /** One; a message on several has more. */
  readonly listed: readonly Listed[];
}

/** A message, and what becomes of what it tells. */
export interface Step {
  readonly telling: Telling;
  readonly alerts: readonly Alert[];
}

/** One incident's part in a message. */
export interface Part {
  readonly one: ActiveAlert;
  readonly reason: string;
  /** What becomes of it. */
  readonly next: Partial<Pick<Alert, "state" | "openedAtMs">>;
}

/** A new incident. What is over by now has one message, which says both; what was told before says why it is told anew. */
export function opened(one: ActiveAlert, nowMs: number): Step {
  const openedAtMs = nowMs;
  const reason = againReason(one, nowMs);
  if (!isOver(one, nowMs))
    return single({ one, reason, next: { state: "open", openedAtMs } }, "opened", nowMs);
  const next = { state: "over", openedAtMs } as const;
  return one.alert.told === undefined
    ? single({ one, reason: "it was not told when it began", next }, "past", nowMs)
    : single({ one, reason, next }, "over", nowMs);
}

/** Why what was told before is told anew; "" for what was not. */
function againReason(one: ActiveAlert, nowMs: number): string {
  const { told } = one.alert;
  if (told === undefined) return "";
  if (isWorse(told, one.incident)) return worseReason(told, one.incident);
  return isOver(one, nowMs) ? "it had gone on" : "it was over";
}

/**
 * What was held back, or is worse than it was told: several in one message, one by itself; undefined for none. Where all are worse and
 * go on it says so, and their ends are told.
 */
export function heldBack(held: readonly ActiveAlert[], nowMs: number): Step | undefined {
  const [first, ...others] = held;
  if (first === undefined) return undefined;
  if (others.length === 0) return opened(first, nowMs);
  const haveGrown = held.every(
    (one) => one.alert.told && isWorse(one.alert.told, one.incident) && !isOver(one, nowMs),
  );
  const next = { state: haveGrown ? "open" : "gathered", openedAtMs: nowMs } as const;
  const parts = held.map((one) => ({ one, reason: againReason(one, nowMs), next }));
  return together(parts, haveGrown ? "updates" : "summary", nowMs);
}

/** An end, as a part of a message. */
export function endOf(one: ActiveAlert): Part {
  return { one, reason: endReason(one), next: { state: "over" } };
}

function endReason({ incident, silence }: ActiveAlert): string {
  if (silence === "lasts") return "it has been silent for twelve hours, and is watched no longer";
  if (hasLastedLongest(incident)) return "it has lasted a day; what goes on is told as a new one";
  const quiet = "no more anomalies for ten minutes";
  return silence === "ended" ? `what was silent has come again, ${quiet}` : quiet;
}

/** A message on one incident. */
export function single(part: Part, phase: Phase, nowMs: number): Step {
  const { one, reason, next } = part;
  const { alert, incident } = one;
  const key = `${incident.id}-${alert.messages + 1}`;
  return {
    telling: { key, phase, listed: [{ incident, isOver: phase === "over" || phase === "past", reason }] },
    alerts: [{ ...toldNow(one, key, nowMs), ...next }],
  };
}

/** A message on several incidents; undefined for none. */
export function together(parts: readonly Part[], phase: Phase, nowMs: number): Step | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const key = `${first.one.incident.id}-${phase}-${first.one.alert.messages + 1}`;
  return {
    telling: {
      key,
      phase,
      listed: parts.map(({ one, reason }) => ({
        incident: one.incident,
        isOver: isOver(one, nowMs),
        reason,
      })),
    },
    alerts: parts.map(({ one, next }) => ({ ...toldNow(one, key, nowMs), ...next })),
  };
}

function toldNow({ alert, incident }: ActiveAlert, messageKey: string, nowMs: number): Alert {
  const { anomalies, severityNumber, templates } = incident;
  const templateIds = templates.map((one) => one.templateId);
  const told = { atMs: nowMs, anomalies, severityNumber, templateIds };
  return { ...alert, told, messages: alert.messages + 1, messageKey };
}
