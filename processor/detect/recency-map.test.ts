import fc from "fast-check";
import { expect, it } from "vitest";
import { createRecencyMap } from "./recency-map.ts";

const create = (key: string) => ({ key });

it("never holds more than its limit, and always what was used last", () => {
  const keys = fc.array(fc.nat(30).map(String), { maxLength: 300 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 20 }), (used, max) => {
      const map = createRecencyMap({ max, create });
      for (const [at, key] of used.entries()) {
        expect(map.use(key)).toEqual({ key });
        expect(map.size()).toBeLessThanOrEqual(max);
        // At most a tenth, and one, are forgotten at once.
        const recent = [...new Set(used.slice(0, at + 1).reverse())].slice(0, Math.ceil(0.9 * max));
        const kept = Math.max(1, Math.min(recent.length, max - Math.max(1, Math.floor(max / 10)) + 1));
        for (const one of recent.slice(0, kept)) expect(map.peek(one)).toEqual({ key: one });
      }
    }),
  );
});

it("gives its order back, and goes on with it", () => {
  const map = createRecencyMap({ max: 3, create });
  for (const key of ["a", "b", "c", "a"]) map.use(key);
  expect(map.oldestFirst().map(([key]) => key)).toEqual(["b", "c", "a"]);
  const again = createRecencyMap({ max: 2, create }, map.oldestFirst());
  expect(again.oldestFirst().map(([key]) => key)).toEqual(["c", "a"]);
});

it("gives the latest alone, in their order", () => {
  const map = createRecencyMap({ max: 9, create });
  expect(map.latest(2)).toEqual([]);
  for (const key of ["a", "b", "c", "a", "d"]) map.use(key);
  expect(map.latest(3).map(({ key }) => key)).toEqual(["c", "a", "d"]);
  expect(map.latest(99).map(({ key }) => key)).toEqual(["b", "c", "a", "d"]);
});

it("tells what it forgets", () => {
  const forgotten: string[] = [];
  const map = createRecencyMap({ max: 2, create, onForget: ({ key }) => forgotten.push(key) });
  for (const key of ["a", "b", "a", "c"]) map.use(key);
  expect(forgotten).toEqual(["b"]);
});
