import { type CountVector, distinctVectors, sumOfLarger } from "./count-vector.ts";

/**
 * Distance of a vector to the nearest of a set: L1 distance / sum of the larger counts, 0 (equal) to 1 (nothing in common;
 * Landauer et al., FSE 2024).
 */
export function createNearestVector(vectors: readonly CountVector[]): (vector: CountVector) => number {
  const byTotal = [...distinctVectors(vectors)].sort((a, b) => a.total - b.total);
  return (vector) => {
    let best = 1;
    let above = firstNotBelow(byTotal, vector.total);
    let below = above - 1;
    // Outwards from the nearest total: the distance is at least 1 - smaller total / larger total, so that both ends come soon.
    for (;;) {
      const up = byTotal[above];
      const down = byTotal[below];
      const upBound = up === undefined ? 1 : 1 - vector.total / up.total;
      const downBound = down === undefined ? 1 : 1 - down.total / vector.total;
      if (Math.min(upBound, downBound) >= best) return best;
      const next = upBound <= downBound ? up : down;
      if (upBound <= downBound) above += 1;
      else below -= 1;
      if (next !== undefined) best = Math.min(best, distance(vector, next));
    }
  };
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
