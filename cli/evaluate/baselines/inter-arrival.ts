import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { scoreEach } from "./score-units.ts";

/** Smallest spread of the logarithm of a gap: a pair that always came in the same millisecond may come a little later. */
const SPREAD_MIN = 0.5;

/** Mean deviation of the time gaps from what is usual for their pair of events, in standard deviations of ln(1 + ms). */
export const interArrival: DetectorUnderTest = {
  name: "inter-arrival times",
  isSeeded: false,
  appliesTo: ({ train }) => train.every(({ timesMs }) => timesMs !== undefined),
  async fit(train) {
    const gaps = new Map<string, { count: number; sum: number; squares: number }>();
    for (const unit of train)
      for (const { pair, gap } of gapsOf(unit)) {
        const seen = gaps.get(pair) ?? { count: 0, sum: 0, squares: 0 };
        gaps.set(pair, { count: seen.count + 1, sum: seen.sum + gap, squares: seen.squares + gap * gap });
      }
    const deviation = ({ pair, gap }: Gap): number => {
      const seen = gaps.get(pair);
      if (seen === undefined) return 0;
      const mean = seen.sum / seen.count;
      const spread = Math.sqrt(Math.max(0, seen.squares / seen.count - mean * mean));
      return Math.abs(gap - mean) / Math.max(SPREAD_MIN, spread);
    };
    return {
      score: (units) =>
        scoreEach(units, (unit) => {
          const all = gapsOf(unit);
          return all.reduce((sum, gap) => sum + deviation(gap), 0) / Math.max(1, all.length);
        }),
    };
  },
};

interface Gap {
  readonly pair: string;
  /** ln(1 + milliseconds). */
  readonly gap: number;
}

function gapsOf({ events, timesMs = [] }: Unit): readonly Gap[] {
  return events.slice(1).map((event, i) => ({
    pair: `${events[i]} ${event}`,
    gap: Math.log1p(Math.max(0, (timesMs[i + 1] ?? 0) - (timesMs[i] ?? 0))),
  }));
}
