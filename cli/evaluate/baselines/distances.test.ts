import fc from "fast-check";
import { expect, test } from "vitest";
import { type CountVector, countVector } from "./count-vector.ts";
import { editDistance } from "./edit-distance.ts";
import { levenshtein } from "./levenshtein.ts";
import { createNearestVector } from "./nearest-vector.ts";

const sequence = fc.array(fc.nat(4), { maxLength: 12 });

test("the banded edit distance is the textbook's up to its limit, and limit + 1 beyond", () => {
  fc.assert(
    fc.property(sequence, sequence, fc.nat(12), (a, b, limit) => {
      expect(levenshtein(a, b, limit)).toBe(Math.min(textbookDistance(a, b), limit + 1));
    }),
  );
});

test("the nearest vector is the nearest of all", () => {
  fc.assert(
    fc.property(fc.array(sequence, { minLength: 1, maxLength: 15 }), sequence, (normal, tested) => {
      const vectors = normal.map((events) => countVector(events));
      const own = countVector(tested);
      const nearest = Math.min(...vectors.map((vector) => slowDistance(own, vector)));
      expect(createNearestVector(vectors)(own)).toBeCloseTo(nearest, 12);
    }),
  );
});

test("the edit distance baseline finds the nearest of all normal sequences", async () => {
  const unit = (events: readonly number[]) => ({ events, source: { file: "f", fromLine: 1, toLine: 1 } });
  const sequences = fc.array(sequence, { minLength: 1, maxLength: 15 });
  const property = fc.asyncProperty(sequences, sequence, async (normal, tested) => {
    const scorer = await editDistance.fit(normal.map(unit), {
      set: "test",
      templates: [],
      isSession: true,
      seed: 1,
    });
    const [score] = await scorer.score([unit(tested)], []);
    const distances = normal.map(
      (events) => textbookDistance(events, tested) / Math.max(1, events.length, tested.length),
    );
    expect(score).toBeCloseTo(Math.min(...distances), 12);
  });
  await fc.assert(property);
});

function textbookDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (const [i, event] of a.entries()) {
    const above = rows[i] ?? [];
    const row = [i + 1];
    for (const [j, other] of b.entries())
      row.push(
        Math.min((above[j] ?? 0) + (event === other ? 0 : 1), (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1),
      );
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

function slowDistance(a: CountVector, b: CountVector): number {
  const countIn = ({ events, counts }: CountVector, event: number) => counts[events.indexOf(event)] ?? 0;
  const events = [...new Set([...a.events, ...b.events])];
  const sum = (of: (x: number, y: number) => number) =>
    events.reduce((total, event) => total + of(countIn(a, event), countIn(b, event)), 0);
  const larger = sum(Math.max);
  return larger === 0 ? 0 : sum((x, y) => Math.abs(x - y)) / larger;
}
