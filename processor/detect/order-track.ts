import { z } from "zod";

/** Surprises are told apart by whole nats, up to this many. */
const BINS = 16;
/** Events after which an event weighs half: habits may change. */
const EVENTS_MAX = 2_000;
/** Evidence that is this old counts half, in milliseconds: an incident is a matter of minutes. */
const HALF_LIFE_MS = 300_000;
/** How steeply is betted on small p-values: p gives (1 - BET) * p^-BET, whose mean over uniform ones is 1. */
const BET = 0.75;
const LOG_STAKE = Math.log(1 - BET);

/** One template's track as JSON: surprises by nats, level, times, and two times in milliseconds since the epoch. */
export const orderTrackState = z.tuple([
  z.array(z.number().min(0)).length(BINS),
  z.number().min(0),
  z.number().min(0),
  z.number(),
  z.number(),
]);
export type OrderTrackState = z.infer<typeof orderTrackState>;

/** How one template has come, and how far it has left its habit of late. */
export interface OrderTrack {
  /** Its events by their surprise in whole nats. */
  readonly events: number[];
  /** All of them. */
  count: number;
  /** -ln of a probability that chance alone brings it so far. */
  level: number;
  /** Odd events since the level was 0, and when the first and the last event came. */
  times: number;
  sinceMs: number;
  lastMs: number;
}

export function createOrderTrack([
  events,
  level,
  times,
  sinceMs,
  lastMs,
]: OrderTrackState = EMPTY): OrderTrack {
  return {
    events: [...events],
    count: events.reduce((sum, one) => sum + one, 0),
    level,
    times,
    sinceMs,
    lastMs,
  };
}

const EMPTY: OrderTrackState = [new Array<number>(BINS).fill(0), 0, 0, 0, 0];

export function orderTrackStateOf({ events, level, times, sinceMs, lastMs }: OrderTrack): OrderTrackState {
  return [events, level, times, sinceMs, lastMs];
}

/**
 * Takes one more event in. Its p-value is the share of the template's events so far that were at least as surprising, itself
 * included. If nothing has changed these are independent and uniform or larger (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random
 * World, 2005), however surprising the template is by habit. What is won by betting on small ones adds up, never below 0 (a CUSUM, as in
 * Vovk: Testing randomness online, 2021); that such a sum stands at `level` or higher has, by Lundberg's
 * inequality, at most the probability e^-level. Evidence fades, which only lowers it.
 *
 * @returns the level, where this event has raised it; else 0
 */
export function follow(track: OrderTrack, surprise: number, timeMs: number): number {
  const { events } = track;
  const bin = Math.min(BINS - 1, Math.floor(surprise));
  const gain = LOG_STAKE - BET * Math.log(shareAsOdd(track, bin));
  track.level = Math.max(0, faded(track, timeMs) + gain);
  if (track.level === 0) track.times = 0;
  else if (gain > 0) {
    if (track.times === 0) track.sinceMs = timeMs;
    track.times += 1;
  }
  track.lastMs = Math.max(track.lastMs, timeMs);
  events[bin] = (events[bin] ?? 0) + 1;
  track.count += 1;
  if (track.count >= EVENTS_MAX) halve(track);
  return gain > 0 ? track.level : 0;
}

/** Whether following would change no more than a count: so it is with nearly all events. */
export function isUsual({ level }: OrderTrack, surprise: number): boolean {
  return level === 0 && surprise < 1;
}

/** Of nearly all events: that they are where they always are. */
function shareAsOdd({ events, count }: OrderTrack, bin: number): number {
  if (bin === 0) return 1;
  let asOdd = 1;
  for (let at = bin; at < BINS; at += 1) asOdd += events[at] ?? 0;
  return asOdd / (count + 1);
}

function faded({ level, lastMs }: OrderTrack, timeMs: number): number {
  return level === 0 ? 0 : level * 2 ** (-Math.max(0, timeMs - lastMs) / HALF_LIFE_MS);
}

function halve(track: OrderTrack): void {
  track.count /= 2;
  for (let at = 0; at < BINS; at += 1) track.events[at] = (track.events[at] ?? 0) / 2;
}
