import type { ActiveAlert } from "../../store/alert.ts";
import { isOngoing, RELATED_GAP_MS, SAME_TEMPLATE_GAP_MS } from "../../store/incident.ts";

/** What could not be told for so long since it was due was held back: by quiet hours, the limit, or since nobody ran. */
const LATE_MS = 30_000;

/** A silence that lasts for longer is over: what is gone for good is not told of for ever. */
const SILENCE_MS_MAX = 43_200_000;

/**
 * Nothing was added for as long as something could be, by the records' own times; and for a minute by the clock, so that what is read from
 * an old file is not over while it comes. Of records from a host whose clock is ahead the clock alone says so: nothing has come for as long.
 * A silence is over when what fell silent comes again: that no more is told of it is what it is.
 */
export function isOver({ alert, incident, silence }: ActiveAlert, nowMs: number): boolean {
  const quietMs = nowMs - alert.changedAtMs;
  if (silence === "lasts" && quietMs <= SILENCE_MS_MAX) return false;
  if (incident.lastAtMs > nowMs) return quietMs > SAME_TEMPLATE_GAP_MS;
  return !isOngoing(incident, nowMs) && Math.abs(quietMs) > RELATED_GAP_MS;
}

/** Since when it is over: a silence since it was seen that what fell silent has come again. */
export function overAtMs({ alert, incident, silence }: ActiveAlert, nowMs: number): number {
  if (silence === "ended") return alert.told?.endedAtMs ?? nowMs;
  if (silence === "lasts") return alert.changedAtMs + SILENCE_MS_MAX;
  const byRecordsMs = Math.max(incident.lastAtMs + SAME_TEMPLATE_GAP_MS, alert.changedAtMs + RELATED_GAP_MS);
  return Math.min(byRecordsMs, alert.changedAtMs + SAME_TEMPLATE_GAP_MS);
}

/** Whether a new incident was watched for long enough to be told. */
export function isGathered({ alert }: ActiveAlert, gatherMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - alert.createdAtMs) >= gatherMs;
}

/** Whether it could not be told when it was due. */
export function isHeldBack({ alert }: ActiveAlert, gatherMs: number, nowMs: number): boolean {
  return alert.isHeldBack || Math.abs(nowMs - alert.createdAtMs) >= gatherMs + LATE_MS;
}
