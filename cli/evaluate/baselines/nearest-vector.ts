import { type CountVector, distinctVectors, sumOfLarger } from "./count-vector.ts";

/**
 * Distance of a vector to the nearest of a set: L1 distance / sum of the larger counts, 0 (equal) to 1 (nothing in common;
 * Landauer et al., FSE 2024).
 */
export function createNearestVector(vectors: readonly CountVector[]): (vector: CountVector) => number {
  const byTotal = [...distinctVectors(vectors)].sort((a, b) => a.total - b.total);
  return (vector) => {
    let best = 1;
    for (const [other, bound] of outwards(byTotal, vector.total)) {
      if (bound >= best) break;
      best = Math.min(best, distance(vector, other));
    }
    return best;
  };
}

/**
 * The vectors from the nearest total outwards, each with the least distance that its total allows, 1 - smaller / larger
 * total: as it only grows, a search ends early.
 */
function* outwards(
  byTotal: readonly CountVector[],
  total: number,
): Generator<readonly [vector: CountVector, bound: number]> {
  let above = firstNotBelow(byTotal, total);
  let below = above - 1;
  for (;;) {
    const [up, down] = [byTotal[above], byTotal[below]];
    const upBound = up === undefined ? Number.POSITIVE_INFINITY : boundOf(total, up.total);
    const downBound = down === undefined ? Number.POSITIVE_INFINITY : boundOf(down.total, total);
    if (up !== undefined && upBound <= downBound) {
      yield [up, upBound];
      above += 1;
    } else if (down !== undefined) {
      yield [down, downBound];
      below -= 1;
    } else return;
  }
}

function boundOf(smaller: number, larger: number): number {
  return larger === 0 ? 0 : 1 - smaller / larger;
}

function distance(a: CountVector, b: CountVector): number {
  const larger = sumOfLarger(a, b);
  return larger === 0 ? 0 : (2 * larger - a.total - b.total) / larger;
}

function firstNotBelow(byTotal: readonly CountVector[], total: number): number {
  let [low, high] = [0, byTotal.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byTotal[middle]?.total ?? 0) < total) low = middle + 1;
    else high = middle;
  }
  return low;
}
