import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { scoreSequences } from "./score-units.ts";

/**
 * Number of distinct events that were never seen in training. Of the forms of this baseline (any, number, share, distinct
 * number) the one that does best over the five test sets, so that the bar is as high as it gets.
 */
export const newEvent: DetectorUnderTest = {
  name: "new event",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    return scoreSequences(newEventScore(train));
  },
};

/** The score as a function, for combinations. */
export function newEventScore(train: readonly Unit[]): (events: readonly number[]) => number {
  const known = new Set(train.flatMap(({ events }) => [...new Set(events)]));
  return (events) => new Set(events.filter((event) => !known.has(event))).size;
}
