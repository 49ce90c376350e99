import type { DetectorUnderTest } from "../detector-under-test.ts";
import { type CountVector, countVector, sumOfLarger } from "./count-vector.ts";
import { levenshtein } from "./levenshtein.ts";
import { distinctSequences, scoreSequences } from "./score-units.ts";

/** Longer sequences are compared by their first events. */
const EVENTS_MAX = 200;
/** So many normal sequences, the likeliest by their counts, are compared in full. */
const CANDIDATES_MAX = 50;

interface Candidate {
  readonly events: readonly number[];
  readonly counts: CountVector;
}

/** Edit distance to the nearest normal sequence / length of the longer one; 0 to 1. */
export const editDistance: DetectorUnderTest = {
  name: "edit distance",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const shortened = train.map((unit) => ({ ...unit, events: unit.events.slice(0, EVENTS_MAX) }));
    const normal = distinctSequences(shortened).map(candidateOf);
    const known = new Set(normal.map(({ events }) => events.join(" ")));
    return scoreSequences((sequence) => {
      const own = candidateOf(sequence.slice(0, EVENTS_MAX));
      return known.has(own.events.join(" ")) ? 0 : nearest(own, normal);
    });
  },
};

function candidateOf(events: readonly number[]): Candidate {
  return { events, counts: countVector(events) };
}

function nearest(own: Candidate, normal: readonly Candidate[]): number {
  let best = 1;
  for (const { other, bound } of likeliest(own, normal)) {
    if (bound >= best) break;
    const longer = Math.max(own.events.length, other.events.length);
    const edits = levenshtein(own.events, other.events, Math.floor(best * longer));
    best = Math.min(best, edits / longer);
  }
  return best;
}

/** The candidates by the least distance that their counts allow: every event too many or too few is at least one edit. */
function likeliest(own: Candidate, normal: readonly Candidate[]) {
  const lengthOf = ({ events }: Candidate) => events.length;
  return normal
    .map((other) => {
      const larger = sumOfLarger(own.counts, other.counts);
      const editsMin = larger - Math.min(lengthOf(own), lengthOf(other));
      return { other, bound: editsMin / Math.max(lengthOf(own), lengthOf(other)) };
    })
    .sort((a, b) => a.bound - b.bound)
    .slice(0, CANDIDATES_MAX);
}
