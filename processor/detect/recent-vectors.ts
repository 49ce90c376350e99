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
  /** As they are now, the least recently seen first; what is kept later does not change them. */
  packed(): PackedCounts;
  has(key: string): boolean;
  /** @returns whether it is new */
  keep(vector: SparseCounts): boolean;
  /** The least recently seen first. */
  values(): readonly SparseCounts[];
  /** How many numbers they have together. */
  numbersKept(): number;
}

/** Room of an empty one. */
const NUMBERS_MIN = 64;
/** With more than so many times the room that it needs it is made smaller. */
const SPARE_MAX = 4;

/** Where a vector is. */
interface Span {
  from: number;
  /** Behind its last number. */
  to: number;
}

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
  const spans = new Map<string, Span>();
  let numbers = new Int32Array(NUMBERS_MIN);
  /** Of `numbers`, that hold vectors or gaps. */
  let end = 0;
  /** Of these, that hold vectors. */
  let kept = 0;

  const packed = (): PackedCounts => {
    const bounds = new Int32Array(2 * spans.size);
    let at = 0;
    for (const { from, to } of spans.values()) {
      bounds[at] = from;
      bounds[at + 1] = to;
      at += 2;
    }
    return { count: spans.size, numbers, bounds };
  };
  /** Closes the gaps, with room for as much again: in another array, because somebody may read in this one. */
  const compact = (length: number) => {
    const closed = new Int32Array(Math.max(NUMBERS_MIN, 2 * (kept + length)));
    end = 0;
    for (const span of spans.values()) {
      closed.set(numbers.subarray(span.from, span.to), end);
      span.to += end - span.from;
      span.from = end;
      end = span.to;
    }
    numbers = closed;
  };
  const append = (key: string, vector: SparseCounts) => {
    if (end + vector.length > numbers.length) compact(vector.length);
    numbers.set(vector, end);
    spans.set(key, { from: end, to: end + vector.length });
    end += vector.length;
    kept += vector.length;
  };
  const forget = (key: string, { from, to }: Span) => {
    spans.delete(key);
    kept -= to - from;
    if (numbers.length > NUMBERS_MIN && numbers.length > SPARE_MAX * kept) compact(0);
  };

  const recent: RecentVectors = {
    packed,
    has: (key) => spans.has(key),
    keep(vector) {
      const key = keyOf(vector);
      const known = spans.get(key);
      if (known !== undefined) {
        spans.delete(key);
        spans.set(key, known);
        return false;
      }
      append(key, vector);
      const [oldest] = spans;
      if (spans.size > vectorsMax && oldest !== undefined) forget(...oldest);
      return true;
    },
    values: () => [...spans.values()].map(({ from, to }) => numbers.slice(from, to)),
    numbersKept: () => kept,
  };
  for (const vector of initial) recent.keep(vector);
  return recent;
}
