import type { ChannelLoad } from "../../store/alert.ts";
import type { Channel } from "./config.ts";
import { isQuiet } from "./quiet-hours.ts";

/** Messages that wait for a channel that is out of reach; what else there is to tell waits as incidents, and is gathered. */
const WAITING_MAX = 50;

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

/**
 * How many messages about incidents may be planned: what waits has its room already, so that not more is planned than may be sent.
 *
 * Example: with a limit of 20, of which 5 were sent in the last hour and 3 wait, there is room for 12.
 */
export function roomToPlan(
  limits: Limits,
  load: Pick<ChannelLoad, "lastHour" | "waiting">,
  nowMs: number,
): number {
  return Math.max(0, Math.min(roomToSend(limits, load, nowMs), WAITING_MAX) - load.waiting);
}
