/** Records that the stage had counted, and records that the tail was sent, at one moment. */
export interface TailCount {
  readonly counted: number;
  readonly received: number;
}

/** Below this many records a share says nothing. */
const COUNTED_MIN = 200;
/** Counts are told every few seconds: a little less than all is still all. */
const WHOLE_FROM = 0.8;

/**
 * The part of a service's records that the tail is shown, over the span of some counts, oldest first; undefined while that
 * is all of them, or not known.
 *
 * Example: [{ counted: 0, received: 0 }, { counted: 1000, received: 250 }] -> 0.25
 */
export function tailShare(counts: readonly TailCount[]): number | undefined {
  const [first] = counts;
  const last = counts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const counted = last.counted - first.counted;
  if (counted < COUNTED_MIN) return undefined;
  const share = (last.received - first.received) / counted;
  return share < WHOLE_FROM ? share : undefined;
}
