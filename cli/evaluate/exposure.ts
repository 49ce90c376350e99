import type { Unit } from "./evaluation-set.ts";

/** How much a detector has watched, in the units that people count alarms by. */
export interface Exposure {
  /** Events of the units, each weighted as its unit is. */
  readonly events: number;
  /** Days that the units cover; undefined where not all of them have times. */
  readonly days: number | undefined;
}

const DAY_MS = 86_400_000;
/** A longer silence of all streams together is a break between recordings, no time that was watched. */
const SILENCE_MAX_MS = 60_000;

/** What a part of a test set covers. Example: two units of an hour each, at the same time, are 1/24 of a day. */
export function exposureOf(units: readonly Unit[], indexes: Uint32Array, weights: Float64Array): Exposure {
  let events = 0;
  const spans: (readonly [fromMs: number, toMs: number])[] = [];
  for (const index of indexes) {
    const unit = units[index];
    events += (unit?.events.length ?? 0) * (weights[index] ?? 0);
    const [first, last] = [unit?.timesMs?.[0], unit?.timesMs?.at(-1)];
    if (first !== undefined && last !== undefined) spans.push([first, last]);
  }
  const isTimed = spans.length === indexes.length && spans.length > 0;
  return { events, days: isTimed ? coveredMs(spans) / DAY_MS : undefined };
}

function coveredMs(spans: (readonly [fromMs: number, toMs: number])[]): number {
  spans.sort(([a], [b]) => a - b);
  let covered = 0;
  let until: number | undefined;
  for (const [fromMs, toMs] of spans) {
    const isBreak = until === undefined || fromMs - until > SILENCE_MAX_MS;
    covered += Math.max(0, toMs - (isBreak ? fromMs : (until ?? fromMs)));
    until = Math.max(toMs, until ?? toMs);
  }
  return covered;
}
