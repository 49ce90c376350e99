import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecentVectors, keyOf } from "./recent-vectors.ts";
import { sparseCounts } from "./sparse-counts.ts";

const VECTORS_MAX = 5;
const counts = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 3 })), {
  selector: ([template]) => template,
  maxLength: 4,
});

/** The same by a map whose values are the vectors. */
function plainly(lists: readonly (readonly (readonly [number, number])[])[]) {
  const vectors = new Map<string, readonly number[]>();
  const isNew = lists.map((pairs) => {
    const vector = sparseCounts(pairs);
    const key = keyOf(vector);
    const fresh = !vectors.delete(key);
    vectors.set(key, [...vector]);
    const [oldest] = vectors.keys();
    if (vectors.size > VECTORS_MAX && oldest !== undefined) vectors.delete(oldest);
    return fresh;
  });
  return { isNew, vectors };
}

describe("recent vectors", () => {
  it("are the last distinct ones, in the order in which they were seen last", () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 60 }), (lists) => {
        const recent = createRecentVectors(VECTORS_MAX);
        const isNew = lists.map((pairs) => recent.keep(sparseCounts(pairs)));
        const expected = plainly(lists);
        expect(isNew).toEqual(expected.isNew);
        expect(recent.values().map((vector) => [...vector])).toEqual([...expected.vectors.values()]);
        for (const pairs of lists) {
          const key = keyOf(sparseCounts(pairs));
          expect(recent.has(key)).toBe(expected.vectors.has(key));
        }
      }),
    );
  });

  it("are packed in the same order", () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 60 }), (lists) => {
        const recent = createRecentVectors(VECTORS_MAX);
        for (const pairs of lists) recent.keep(sparseCounts(pairs));
        const { count, numbers, bounds } = recent.packed();
        const packed = Array.from({ length: count }, (_, at) => [
          ...numbers.subarray(bounds[2 * at], bounds[2 * at + 1]),
        ]);
        expect(packed.map(String)).toEqual([...plainly(lists).vectors.keys()]);
        expect(recent.numbersKept()).toBe(packed.flat().length);
      }),
    );
  });

  it("stay as they were packed, whatever is kept later", () => {
    const recent = createRecentVectors(2, [sparseCounts([[0, 1]]), sparseCounts([[1, 2]])]);
    const { numbers, bounds } = recent.packed();
    for (let template = 2; template < 200; template += 1) recent.keep(sparseCounts([[template, 3]]));
    expect([...numbers.subarray(bounds[0], bounds[1])]).toEqual([0, 1]);
    expect([...numbers.subarray(bounds[2], bounds[3])]).toEqual([1, 2]);
  });

  it("give the room back that long ones took", () => {
    const long = sparseCounts(Array.from({ length: 1_000 }, (_, template) => [template, 1] as const));
    const recent = createRecentVectors(VECTORS_MAX, [long]);
    for (let template = 0; template < 100; template += 1) recent.keep(sparseCounts([[template, 2]]));
    expect(recent.packed().numbers.length).toBeLessThan(200);
  });
});
