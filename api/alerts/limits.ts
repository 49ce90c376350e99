import type { ChannelLoad } from "../../store/alert.ts";
import type { Channel } from "./config.ts";
import { isQuiet } from "./quiet-hours.ts";

/** Messages that wait for a channel that is out of reach; what else there is to tell waits as incidents, and is gathered. */
const WAITING_MAX = 50;

/** Messages about the detector in an hour: it may work and not work by turns. */
const HEALTH_MAX = 4;

/** What bounds a channel's messages about incidents. */
export type Limits = Pick<Channel, "limit_per_hour" | "quiet_hours">;

/** How many messages about incidents may be sent now. */
export function roomToSend(
  { limit_per_hour, quiet_hours }: Limits,
  { lastHour }: Pick<ChannelLoad, "lastHour">,
  nowMs: number,
): number {
  return isQuiet(quiet_hours, nowMs) ? 0 : Math.max(0, limit_per_hour - lastHour);
}

/** How many messages about the detector may be sent now. */
export function roomForHealth(
  { quiet_hours }: Pick<Limits, "quiet_hours">,
  { healthLastHour }: Pick<ChannelLoad, "healthLastHour">,
  nowMs: number,
): number {
  return isQuiet(quiet_hours, nowMs) ? 0 : Math.max(0, HEALTH_MAX - healthLastHour);
}

/**
 * How many messages about incidents may be planned: what waits has its room already, so that not more is planned than may be sent, and
 * what an outage holds up is gathered. A message that the receiver does not take though it takes others has none, and while nobody knows
 * whether it would take another, there is room for one more to try: else what it never takes would keep all others away. While one of
 * them may be tried again it has a place all the same: else, where more begins than may be told, it never would be.
 *
 * Example: with a limit of 20, of which 5 were sent in the last hour and 3 wait, there is room for 12.
 */
export function roomToPlan(
  limits: Limits,
  load: Pick<ChannelLoad, "lastHour" | "waiting" | "failing" | "troubled" | "troubledDue">,
  nowMs: number,
): number {
  const { waiting, failing, troubled, troubledDue } = load;
  const sendable = roomToSend(limits, load, nowMs);
  if (sendable === 0) return 0;
  const room = sendable - (waiting - troubled) - Math.min(1, troubledDue) + (failing > 0 ? 1 : 0);
  return Math.max(0, Math.min(room, WAITING_MAX - waiting));
}
