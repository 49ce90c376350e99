import { forEachCount, type SparseCounts, totalOf } from "./sparse-counts.ts";

/** Neighbours that a vector is compared with. */
const NEIGHBOURS = 3;
/** With fewer vectors there is no neighbourhood. */
export const NEIGHBOURHOOD_FROM = 5;
/** Numbers looked at in one measurement: all of 512 sessions of 15 templates each, every so many of longer ones. */
const LOOKED_AT_MAX = 8_000_000;
/** Spread that is taken for granted where there is no neighbourhood, or nobody looked, in events. */
const SPREAD_UNKNOWN_MIN = 1;

interface Neighbour {
  readonly index: number;
  readonly distance: number;
}

/**
 * How much each template's count usually varies between sessions that are alike: the root mean square of its difference
 * between a vector and its three nearest others in plain L1 distance. Templates that never vary have 0.
 * With fewer than five vectors every template has the same: what all of them vary by, at least 1. Of many long vectors only
 * some, evenly spread, are compared with all others, so that a flood of templates costs no more than 8 million comparisons; a
 * template that none of those has is taken to vary by 1.
 *
 * @param vectors distinct
 * @param templates how many there are
 */
export function localSpread(vectors: readonly SparseCounts[], templates: number): Float64Array {
  const squares = new Float64Array(templates);
  const isLookedAt = new Uint8Array(templates);
  const neighbourhood = createNeighbourhood(vectors, templates);
  const numbers = vectors.reduce((sum, { length }) => sum + length, 0);
  const stride = Math.max(1, Math.ceil((vectors.length * numbers) / LOOKED_AT_MAX));
  let comparisons = 0;
  for (let index = 0; index < vectors.length; index += stride) {
    const vector = vectors[index] ?? new Int32Array(0);
    for (const neighbour of neighbourhood.nearest(index)) {
      comparisons += 1;
      addSquares({ squares, isLookedAt }, vector, vectors[neighbour.index] ?? vector);
    }
  }
  if (vectors.length < NEIGHBOURHOOD_FROM) {
    const mean = squares.reduce((sum, square) => sum + square, 0) / Math.max(1, comparisons * templates);
    return squares.fill(Math.max(SPREAD_UNKNOWN_MIN, Math.sqrt(mean)));
  }
  return squares.map((square, template) =>
    stride > 1 && isLookedAt[template] === 0
      ? SPREAD_UNKNOWN_MIN
      : Math.sqrt(square / Math.max(1, comparisons)),
  );
}

function createNeighbourhood(vectors: readonly SparseCounts[], templates: number) {
  const totals = vectors.map(totalOf);
  const dense = new Int32Array(templates);

  return {
    /** The nearest others, nearest first. */
    nearest(index: number): readonly Neighbour[] {
      const own = vectors[index] ?? new Int32Array(0);
      const ownTotal = totals[index] ?? 0;
      const nearest: Neighbour[] = [];
      forEachCount(own, (template, count) => {
        dense[template] = count;
      });
      for (const [other, vector] of vectors.entries()) {
        const limit = nearest[NEIGHBOURS - 1]?.distance ?? Number.POSITIVE_INFINITY;
        // The difference of the totals is a lower bound of the distance.
        if (other === index || Math.abs((totals[other] ?? 0) - ownTotal) >= limit) continue;
        const distance = ownTotal + excess(dense, vector);
        if (distance >= limit) continue;
        nearest.push({ index: other, distance });
        nearest.sort((a, b) => a.distance - b.distance).splice(NEIGHBOURS);
      }
      forEachCount(own, (template) => {
        dense[template] = 0;
      });
      return nearest;
    },
  };
}

/** By how much the L1 distance of `dense` to `vector` exceeds that to the zero vector. */
function excess(dense: Int32Array, vector: SparseCounts): number {
  let sum = 0;
  for (let i = 0; i + 1 < vector.length; i += 2) {
    const own = dense[vector[i] ?? 0] ?? 0;
    sum += Math.abs(own - (vector[i + 1] ?? 0)) - own;
  }
  return sum;
}

interface Squares {
  readonly squares: Float64Array;
  readonly isLookedAt: Uint8Array;
}

function addSquares({ squares, isLookedAt }: Squares, a: SparseCounts, b: SparseCounts): void {
  const differences = new Map<number, number>();
  forEachCount(a, (template, count) => differences.set(template, count));
  forEachCount(b, (template, count) => differences.set(template, (differences.get(template) ?? 0) - count));
  for (const [template, difference] of differences) {
    isLookedAt[template] = 1;
    squares[template] = (squares[template] ?? 0) + difference ** 2;
  }
}
