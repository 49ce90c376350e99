import type { DetectorUnderTest } from "../detector-under-test.ts";
import { scoreSequences } from "./score-units.ts";

/** Stands before the first event and after the last one. */
const BORDER = -1;

/** Share of the pairs of neighbours that were never seen in training, borders included (STIDE: Forrest et al., S&P 1996). */
export const bigrams: DetectorUnderTest = {
  name: "2-gram",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const known = new Map<number, Set<number>>();
    for (const events of new Set(train.map((unit) => unit.events)))
      for (const [first, second] of pairsOf(events)) {
        const followers = known.get(first) ?? new Set();
        known.set(first, followers.add(second));
      }
    return scoreSequences((events) => {
      const pairs = pairsOf(events);
      return pairs.filter(([first, second]) => known.get(first)?.has(second) !== true).length / pairs.length;
    });
  },
};

function pairsOf(events: readonly number[]): readonly (readonly [number, number])[] {
  const padded = [BORDER, ...events, BORDER];
  return padded.slice(1).map((second, index) => [padded[index] ?? BORDER, second]);
}
