import type { PackedCounts } from "./recent-vectors.ts";

/** Neighbours that a vector is compared with. */
const NEIGHBOURS = 3;
/** With fewer vectors there is no neighbourhood. */
export const NEIGHBOURHOOD_FROM = 5;
/** Numbers looked at in one measurement: all of 512 sessions of 15 templates each, every so many of longer ones. */
const LOOKED_AT_MAX = 8_000_000;
/** Spread that is taken for granted where there is no neighbourhood, or nobody looked, in events. */
const SPREAD_UNKNOWN_MIN = 1;

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
export function localSpread(vectors: PackedCounts, templates: number): Float64Array {
  const measured = { squares: new Float64Array(templates), isLookedAt: new Uint8Array(templates) };
  const { squares, isLookedAt } = measured;
  const totals = totalsOf(vectors);
  const dense = new Int32Array(templates);
  const nearest: Neighbours = { indexes: [], distances: [] };
  const stride = Math.max(1, Math.ceil((vectors.count * numbersIn(vectors)) / LOOKED_AT_MAX));
  let comparisons = 0;
  for (let index = 0; index < vectors.count; index += stride) {
    write(dense, vectors, index);
    findNearest(nearest, { vectors, totals, dense }, index);
    for (const neighbour of nearest.indexes) addSquares(measured, dense, vectors, { index, neighbour });
    comparisons += nearest.indexes.length;
    erase(dense, vectors, index);
  }
  if (vectors.count < NEIGHBOURHOOD_FROM) {
    const mean = squares.reduce((sum, square) => sum + square, 0) / Math.max(1, comparisons * templates);
    return squares.fill(Math.max(SPREAD_UNKNOWN_MIN, Math.sqrt(mean)));
  }
  return squares.map((square, template) =>
    stride > 1 && isLookedAt[template] === 0
      ? SPREAD_UNKNOWN_MIN
      : Math.sqrt(square / Math.max(1, comparisons)),
  );
}

/** The nearest others, nearest first. */
interface Neighbours {
  readonly indexes: number[];
  readonly distances: number[];
}

interface Neighbourhood {
  readonly vectors: PackedCounts;
  readonly totals: Float64Array;
  /** The counts of the vector whose neighbours are looked for, by template. */
  readonly dense: Int32Array;
}

function findNearest(
  { indexes, distances }: Neighbours,
  { vectors: { count, numbers, bounds }, totals, dense }: Neighbourhood,
  index: number,
): void {
  indexes.length = 0;
  distances.length = 0;
  const ownTotal = totals[index] ?? 0;
  for (let other = 0; other < count; other += 1) {
    const limit = distances[NEIGHBOURS - 1] ?? Number.POSITIVE_INFINITY;
    // The difference of the totals is a lower bound of the distance.
    if (other === index || Math.abs((totals[other] ?? 0) - ownTotal) >= limit) continue;
    const distance = ownTotal + excess(dense, numbers, bounds[2 * other] ?? 0, bounds[2 * other + 1] ?? 0);
    if (distance < limit) insert({ indexes, distances }, other, distance);
  }
}

/** Behind those that are as near. */
function insert({ indexes, distances }: Neighbours, index: number, distance: number): void {
  let at = Math.min(distances.length, NEIGHBOURS - 1);
  for (; at > 0 && (distances[at - 1] ?? 0) > distance; at -= 1) {
    distances[at] = distances[at - 1] ?? 0;
    indexes[at] = indexes[at - 1] ?? 0;
  }
  distances[at] = distance;
  indexes[at] = index;
}

/** By how much the L1 distance of `dense` to a vector exceeds that to the zero vector. */
function excess(dense: Int32Array, numbers: Int32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 2) {
    const own = dense[numbers[i] ?? 0] ?? 0;
    sum += Math.abs(own - (numbers[i + 1] ?? 0)) - own;
  }
  return sum;
}

/** What has been measured so far, by template. */
interface Measured {
  readonly squares: Float64Array;
  readonly isLookedAt: Uint8Array;
}

/** @param dense the counts of the vector at `index`; as before, afterwards */
function addSquares(
  { squares, isLookedAt }: Measured,
  dense: Int32Array,
  { numbers, bounds }: PackedCounts,
  { index, neighbour }: { readonly index: number; readonly neighbour: number },
): void {
  const add = (template: number, difference: number) => {
    isLookedAt[template] = 1;
    squares[template] = (squares[template] ?? 0) + difference ** 2;
  };
  for (let i = bounds[2 * neighbour] ?? 0; i < (bounds[2 * neighbour + 1] ?? 0); i += 2) {
    const template = numbers[i] ?? 0;
    add(template, (dense[template] ?? 0) - (numbers[i + 1] ?? 0));
    dense[template] = 0;
  }
  // What is left, the neighbour does not have.
  for (let i = bounds[2 * index] ?? 0; i < (bounds[2 * index + 1] ?? 0); i += 2) {
    const template = numbers[i] ?? 0;
    if (dense[template] !== 0) add(template, numbers[i + 1] ?? 0);
    dense[template] = numbers[i + 1] ?? 0;
  }
}

function write(dense: Int32Array, { numbers, bounds }: PackedCounts, index: number): void {
  for (let i = bounds[2 * index] ?? 0; i < (bounds[2 * index + 1] ?? 0); i += 2)
    dense[numbers[i] ?? 0] = numbers[i + 1] ?? 0;
}

function erase(dense: Int32Array, { numbers, bounds }: PackedCounts, index: number): void {
  for (let i = bounds[2 * index] ?? 0; i < (bounds[2 * index + 1] ?? 0); i += 2) dense[numbers[i] ?? 0] = 0;
}

function totalsOf({ count, numbers, bounds }: PackedCounts): Float64Array {
  const totals = new Float64Array(count);
  for (let index = 0; index < count; index += 1)
    for (let i = bounds[2 * index] ?? 0; i < (bounds[2 * index + 1] ?? 0); i += 2)
      totals[index] = (totals[index] ?? 0) + (numbers[i + 1] ?? 0);
  return totals;
}

function numbersIn({ count, bounds }: PackedCounts): number {
  let numbers = 0;
  for (let index = 0; index < count; index += 1)
    numbers += (bounds[2 * index + 1] ?? 0) - (bounds[2 * index] ?? 0);
  return numbers;
}
