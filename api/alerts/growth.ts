import type { Told } from "../../store/alert.ts";
import type { Incident } from "../../store/incident.ts";
import { severityClass, severityFloor } from "./severity.ts";
import { severityWord } from "./words.ts";

/** An incident that has grown by this since it was told is told again. */
const GROWTH = 10;

/** What has grown so that it is worth a message. */
export interface Growth {
  /** Example: "its severity has risen from WARN to ERROR". */
  readonly reason: string;
  /** That it is told at once. */
  readonly isUrgent: boolean;
}

/** Whether an incident is more severe than what was told of it. Below WARN a severity says how much is logged, not how bad it is. */
export function isWorse(told: Told, { severityNumber }: Incident): boolean {
  return (
    severityNumber >= severityFloor("WARN") &&
    severityClass(severityNumber) > severityClass(told.severityNumber)
  );
}

/** Why what is worse is told again. */
export function worseReason(told: Told, { severityNumber }: Incident): string {
  const from = severityWord(told.severityNumber);
  return `its severity has risen${from === "" ? "" : ` from ${from}`} to ${severityWord(severityNumber)}`;
}

/** What has grown since an incident was told: its severity, its kinds of messages, or its size; undefined for nothing of note. */
export function growthSince(told: Told, incident: Incident): Growth | undefined {
  if (isWorse(told, incident)) return { reason: worseReason(told, incident), isUrgent: true };
  const known = new Set(told.templateIds);
  const fresh = incident.templates.filter(({ templateId }) => !known.has(templateId)).length;
  if (fresh > 0)
    return {
      reason: fresh === 1 ? "one more kind of message" : `${fresh} more kinds of messages`,
      isUrgent: false,
    };
  if (incident.anomalies < GROWTH * told.anomalies) return undefined;
  return { reason: `${incident.anomalies} anomalies, ${told.anomalies} before`, isUrgent: false };
}
