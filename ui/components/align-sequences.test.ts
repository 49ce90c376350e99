import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alignSequences } from "./align-sequences.ts";

const sequence = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 10 });

/** "=" same, "~" replaced, "+" only what came, "-" only the normal one, with what stands there. */
function drawn(came: string, normal: string): string {
  const signs = { same: "=", replaced: "~", added: "+", missing: "-" };
  return alignSequences([...came], [...normal])
    .map((row) => signs[row.kind] + (came[row.came ?? -1] ?? "") + (normal[row.normal ?? -1] ?? ""))
    .join(" ");
}

/** Written down after the definition, for short sequences. */
function distance(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [firstA, ...restA] = a;
  const [firstB, ...restB] = b;
  if (firstA === firstB) return distance(restA, restB);
  return 1 + Math.min(distance(restA, b), distance(a, restB), distance(restA, restB));
}

describe("two sequences side by side", () => {
  test.each([
    ["", "", ""],
    ["ab", "ab", "=aa =bb"],
    ["", "ab", "-a -b"],
    ["ab", "", "+a +b"],
    ["axc", "abc", "=aa ~xb =cc"],
    ["abxc", "abcd", "=aa =bb +x =cc -d"],
    ["abc", "bc", "+a =bb =cc"],
  ])("%j and %j: %s", (came, normal, rows) => {
    expect(drawn(came, normal)).toBe(rows);
  });

  test("hold every element of both once and in order, and equal ones where they are called so", () => {
    fc.assert(
      fc.property(sequence, sequence, (came, normal) => {
        const rows = alignSequences(came, normal);
        expect(rows.flatMap((row) => row.came ?? [])).toEqual(came.map((_, index) => index));
        expect(rows.flatMap((row) => row.normal ?? [])).toEqual(normal.map((_, index) => index));
        for (const row of rows.filter(({ kind }) => kind === "same" || kind === "replaced"))
          expect(came[row.came ?? -1] === normal[row.normal ?? -1]).toBe(row.kind === "same");
      }),
    );
  });

  test("differ in as few rows as there must be", () => {
    const short = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 5 });
    fc.assert(
      fc.property(short, short, (came, normal) => {
        const differing = alignSequences(came, normal).filter(({ kind }) => kind !== "same");
        expect(differing).toHaveLength(distance(came, normal));
      }),
    );
  });
});
