import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { scoreSequences } from "./score-units.ts";

/** Share of the events that were never seen in training. */
export const newEvent: DetectorUnderTest = {
  name: "new event",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    return scoreSequences(newEventScore(train));
  },
};

/** The score as a function, for combinations: 0 to 1. */
export function newEventScore(train: readonly Unit[]): (events: readonly number[]) => number {
  const known = new Set(train.flatMap(({ events }) => [...new Set(events)]));
  return (events) => events.filter((event) => !known.has(event)).length / Math.max(1, events.length);
}
