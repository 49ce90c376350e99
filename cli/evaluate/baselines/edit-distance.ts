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
  const bounds = Float64Array.from(normal, (other) => leastDistance(own, other));
  const likeliest = bounds.indexOf(bounds.reduce((least, bound) => Math.min(least, bound), 1));
  let best = distance(own, normal[likeliest], 1);
  const rest = [...bounds.keys()]
    .filter((index) => (bounds[index] ?? 1) < best && index !== likeliest)
    .sort((a, b) => (bounds[a] ?? 1) - (bounds[b] ?? 1))
    .slice(0, CANDIDATES_MAX);
  for (const index of rest) {
    if ((bounds[index] ?? 1) >= best) break;
    best = Math.min(best, distance(own, normal[index], best));
  }
  return best;
}

/** The least distance that the counts allow: every event too many or too few is at least one edit. */
function leastDistance(own: Candidate, other: Candidate): number {
  const [shorter, longer] = [own, other].map(({ events }) => events.length).sort((a, b) => a - b);
  const edits = sumOfLarger(own.counts, other.counts) - (shorter ?? 0);
  return longer === 0 ? 0 : edits / (longer ?? 1);
}

/** The distance where it is at most the limit, more than the limit elsewhere. */
function distance(own: Candidate, other: Candidate | undefined, limit: number): number {
  if (other === undefined) return 1;
  const longer = Math.max(1, own.events.length, other.events.length);
  return levenshtein(own.events, other.events, Math.floor(limit * longer)) / longer;
}
