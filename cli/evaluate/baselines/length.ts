import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { scoreSequences } from "./score-units.ts";

/** How far the number of events is outside the range seen in training. */
export const length: DetectorUnderTest = {
  name: "length",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    return scoreSequences(lengthScore(train));
  },
};

/** The score as a function, for combinations: the share by which a sequence is too short or too long, 0 to 1. */
export function lengthScore(train: readonly Unit[]): (events: readonly number[]) => number {
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  for (const { events } of train) {
    shortest = Math.min(shortest, events.length);
    longest = Math.max(longest, events.length);
  }
  return ({ length: count }) => {
    if (count < shortest) return 1 - count / shortest;
    return count > longest ? 1 - longest / count : 0;
  };
}
