import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { countVector } from "./count-vector.ts";
import { createNearestVector } from "./nearest-vector.ts";
import { scoreSequences } from "./score-units.ts";

/** Distance to the nearest normal count vector (Landauer et al., FSE 2024: ECVC). */
export const countVectorKnn: DetectorUnderTest = {
  name: "count vectors",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    return scoreSequences(countVectorScore(train));
  },
};

/** The same with each event weighed by the logarithm of its rarity among normal sequences. */
export const countVectorKnnIdf: DetectorUnderTest = {
  name: "count vectors (idf)",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    return scoreSequences(countVectorScore(train, idf(train)));
  },
};

/** The score as a function, for combinations: 0 to 1. */
export function countVectorScore(
  train: readonly Unit[],
  weightOf?: (event: number) => number,
): (events: readonly number[]) => number {
  const nearest = createNearestVector(
    [...new Set(train.map(({ events }) => events))].map((events) => countVector(events, weightOf)),
  );
  return (events) => nearest(countVector(events, weightOf));
}

/** log10((1 + sequences) / sequences with the event); an unknown event weighs 1, as in Landauer's program. */
function idf(train: readonly Unit[]): (event: number) => number {
  const sequencesWith = new Map<number, number>();
  for (const { events } of train)
    for (const event of new Set(events)) sequencesWith.set(event, (sequencesWith.get(event) ?? 0) + 1);
  return (event) => {
    const count = sequencesWith.get(event);
    return count === undefined ? 1 : Math.log10((1 + train.length) / count);
  };
}
