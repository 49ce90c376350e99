import type { SparseCounts } from "./sparse-counts.ts";

/** Count vectors one behind the other in one array, so that a walk over all of them reads memory in its order. */
export interface PackedCounts {
  /** How many vectors. */
  readonly count: number;
  readonly numbers: Int32Array;
  /** Two for each vector: where it begins in `numbers`, and behind its last number. */
  readonly bounds: Int32Array;
}

/** Distinct count vectors, of which the least recently seen is forgotten for a new one. */
export interface RecentVectors {
  /** As they are now: not to be kept over a change. In no particular order. */
  packed(): PackedCounts;
  has(key: string): boolean;
  /** @returns whether it is new */
  keep(vector: SparseCounts): boolean;
  /** The least recently seen first. */
  values(): readonly SparseCounts[];
  /** How many numbers they have together. */
  numbersKept(): number;
}

const NUMBERS_FIRST = 64;
const VECTORS_FIRST = 8;

/** Equal for equal vectors. */
export function keyOf(vector: SparseCounts): string {
  return vector.join();
}

/**
 * @param vectorsMax most that are kept
 * @param initial the least recently seen first
 */
export function createRecentVectors(
  vectorsMax: number,
  initial: readonly SparseCounts[] = [],
): RecentVectors {
  /** By key, the least recently seen first. */
  const slots = new Map<string, number>();
  const keys: string[] = [];
  let bounds = new Int32Array(2 * VECTORS_FIRST);
  let numbers = new Int32Array(NUMBERS_FIRST);
  let end = 0;
  let kept = 0;

  const from = (slot: number): number => bounds[2 * slot] ?? 0;
  const to = (slot: number): number => bounds[2 * slot + 1] ?? 0;
  const place = (slot: number, begin: number, behind: number) => {
    bounds[2 * slot] = begin;
    bounds[2 * slot + 1] = behind;
  };
  /** Closes the gaps, with room for as much again. */
  const compact = (length: number) => {
    const packed = new Int32Array(2 * (kept + length));
    end = 0;
    for (let slot = 0; slot < keys.length; slot += 1) {
      const begin = end;
      packed.set(numbers.subarray(from(slot), to(slot)), begin);
      end += to(slot) - from(slot);
      place(slot, begin, end);
    }
    numbers = packed;
  };
  const append = (key: string, vector: SparseCounts) => {
    if (end + vector.length > numbers.length) compact(vector.length);
    const slot = keys.push(key) - 1;
    if (bounds.length < 2 * keys.length) {
      const longer = new Int32Array(2 * bounds.length);
      longer.set(bounds);
      bounds = longer;
    }
    numbers.set(vector, end);
    place(slot, end, end + vector.length);
    end += vector.length;
    kept += vector.length;
    slots.set(key, slot);
  };
  /** The last one takes the place of the one that goes. */
  const forget = (key: string, slot: number) => {
    kept -= to(slot) - from(slot);
    slots.delete(key);
    const last = keys.pop();
    if (last === undefined || last === key) return;
    keys[slot] = last;
    slots.set(last, slot);
    place(slot, from(keys.length), to(keys.length));
  };

  const recent: RecentVectors = {
    packed: () => ({ count: keys.length, numbers, bounds }),
    has: (key) => slots.has(key),
    keep(vector) {
      const key = keyOf(vector);
      const known = slots.get(key);
      if (known !== undefined) {
        slots.delete(key);
        slots.set(key, known);
        return false;
      }
      append(key, vector);
      const [oldest] = slots;
      if (keys.length > vectorsMax && oldest !== undefined) forget(...oldest);
      return true;
    },
    values: () => [...slots.values()].map((slot) => numbers.slice(from(slot), to(slot))),
    numbersKept: () => kept,
  };
  for (const vector of initial) recent.keep(vector);
  return recent;
}
