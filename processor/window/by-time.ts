import type { WindowRule } from "./window-rule.ts";

/** The stream's events of the last `spanMs` of event time. Events stay in the order of their arrival. */
export function byTime(spanMs: number): WindowRule {
  return {
    context: (recent, timeMs) => recent.filter((event) => event.timeMs >= timeMs - spanMs),
    isApart: (firstFresh, event) => event.timeMs - firstFresh.timeMs > spanMs,
    ends: () => false,
    hasEnds: false,
  };
}
