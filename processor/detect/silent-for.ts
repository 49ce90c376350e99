/** By so much a clock may be set back, or be read before what came meanwhile, and go on as if nothing was. In milliseconds. */
const SET_BACK_MS = 10_000;

/**
 * How long nothing has come, in milliseconds, by a wall clock that may have been set.
 * @param lastMs when something came last; later than now where the clock was set back since: then `fromMs` counts
 * @param fromMs since when somebody has listened
 */
export function silentFor(lastMs: number, nowMs: number, fromMs: number): number {
  const isSetBack = lastMs - nowMs > SET_BACK_MS;
  return Math.max(0, nowMs - (isSetBack ? fromMs : Math.max(lastMs, fromMs)));
}
