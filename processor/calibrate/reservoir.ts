import { z } from "zod";

/** Every n-th value is kept, n at most this: with 2,048 places the sample reaches back 40,960 values. */
const STRIDE_MAX = 20;
/** Places used from the start, before half of the history is more. */
const SIZE_MIN = 64;

/** The largest 32-bit float: what is higher counts as that, and none is infinite. */
const VALUE_MAX = (2 - 2 ** -23) * 2 ** 127;
const RANDOM_MAX = 2 ** 32 - 1;
const RANDOM_SEED = 0x9e3779b9;

/** A reservoir as JSON: values as base64 of little-endian 32-bit floats, oldest first. */
export const reservoirState = z.strictObject({
  offered: z.int().min(0),
  values: z.base64(),
  /** Decides which values are kept next; missing in what was saved before it was kept. */
  random: z.int().min(0).max(RANDOM_MAX).optional(),
});
export type ReservoirState = z.infer<typeof reservoirState>;

/** A rolling sample of numbers, in ascending order at hand. */
export interface Reservoir {
  /** Offers a value; it is kept, or passed over where the sample is thinned. */
  offer(value: number): void;
  /** How many kept values are at least this high. */
  countAtLeast(value: number): number;
  /** The kept values, ascending; valid until the next offer. */
  sorted(): Float32Array;
  size(): number;
  /** How many values were ever offered. */
  offered(): number;
  snapshot(): ReservoirState;
}

/**
 * Keeps the later half of everything offered, up to `capacity` values; after that it is thinned so that it reaches further
 * back. So the odd first minutes of a service are soon forgotten, and a burst cannot fill it.
 */
export function createReservoir(capacity: number, state?: ReservoirState): Reservoir {
  // Room is taken as it is needed: most services are small.
  let ring = new Float32Array(Math.min(capacity, SIZE_MIN));
  let ascending = new Float32Array(ring.length);
  let oldest = 0;
  let size = 0;
  let offered = 0;
  let random = state?.random ?? RANDOM_SEED;

  const oldestFirst = (): Float32Array<ArrayBuffer> => {
    const values = new Float32Array(size);
    const untilEnd = ring.subarray(oldest, Math.min(ring.length, oldest + size));
    values.set(untilEnd);
    values.set(ring.subarray(0, size - untilEnd.length), untilEnd.length);
    return values;
  };
  const makeRoom = () => {
    const length = Math.min(capacity, 2 * ring.length);
    ring = withRoom(oldestFirst(), length);
    ascending = withRoom(ascending, length);
    oldest = 0;
  };
  const keep = (value: number) => {
    const sizeMax = Math.min(capacity, Math.max(SIZE_MIN, Math.floor(offered / 2)));
    if (size >= sizeMax) {
      replace(ascending, size, ring[oldest] ?? 0, value);
      oldest = (oldest + 1) % ring.length;
      ring[(oldest + size - 1) % ring.length] = value;
      return;
    }
    if (size === ring.length) makeRoom();
    ring[(oldest + size) % ring.length] = value;
    insert(ascending, size, value);
    size += 1;
  };

  /** Numerical Recipes' linear congruential generator: thinning by chance follows no rhythm of the log. */
  const isKept = () => {
    const stride = Math.min(STRIDE_MAX, Math.max(1, Math.floor(offered / (2 * capacity))));
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return random < (RANDOM_MAX + 1) / stride;
  };

  if (state !== undefined) {
    offered = state.offered;
    for (const value of decode(state.values).subarray(-capacity)) keep(value);
  }

  return {
    size() {
      return size;
    },
    offered() {
      return offered;
    },
    offer(value) {
      offered += 1;
      if (isKept()) keep(rounded(value));
    },
    countAtLeast: (value) => size - lowerBound(ascending, size, rounded(value)),
    sorted: () => ascending.subarray(0, size),
    snapshot: () => ({ offered, random, values: Buffer.from(oldestFirst().buffer).toString("base64") }),
  };
}

function withRoom(values: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(length);
  longer.set(values);
  return longer;
}

function rounded(value: number): number {
  return Math.fround(Math.min(value, VALUE_MAX));
}

function decode(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  const values = new Float32Array(Math.floor(bytes.length / 4));
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(4 * i);
  return values.filter(Number.isFinite);
}

/** Index of the first of the `size` ascending values that is at least `value`. */
function lowerBound(ascending: Float32Array, size: number, value: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(ascending: Float32Array, size: number, value: number): void {
  const at = lowerBound(ascending, size, value);
  ascending.copyWithin(at + 1, at, size);
  ascending[at] = value;
}

/** Puts one value in the place of another: only what lies between them moves. */
function replace(ascending: Float32Array, size: number, old: number, value: number): void {
  if (old === value) return;
  const from = lowerBound(ascending, size, old);
  const to = lowerBound(ascending, size, value);
  if (to > from) ascending.copyWithin(from, from + 1, to);
  else ascending.copyWithin(to + 1, to, from);
  ascending[to > from ? to - 1 : to] = value;
}
