import fc from "fast-check";
import { expect, test } from "vitest";
import { createContextHashes } from "./context-hashes.ts";
import { maskedRow, type ReadWindow } from "./masked-row.ts";

const EVENTS_MAX = 4;
const CANDIDATES = 3;
const CODES = 81 * 7 * 115;

const windows: fc.Arbitrary<ReadWindow> = fc
  .record({
    events: fc.array(
      fc.record({ id: fc.nat(CANDIDATES - 1), code: fc.constantFrom(0, 3, 115, 7 * 115, CODES - 1) }),
      { minLength: 1, maxLength: 6 },
    ),
    isStart: fc.boolean(),
  })
  .map(({ events, isStart }) => ({
    isStart,
    ids: events.map(({ id }) => id),
    codes: events.map(({ code }) => code),
  }));
const hashes = createContextHashes();
const under = (seed: number) => ({ eventsMax: EVENTS_MAX, seed });

test.each([
  [1, 1 + 2 ** 16],
  [0xd83d, 0x1f600],
  [2 ** 16, 999_999],
])("the hashes of what follows the templates %i and %i differ", (a, b) => {
  const hashOf = (template: number) =>
    hashes({ isStart: true, ids: [template, 0], codes: [0, 0] }, 1, 2, under(1))[0];
  expect(hashOf(a)).not.toBe(hashOf(b));
});

test("two places have the same hash when the model is shown the same row, and else another one", () => {
  fc.assert(
    fc.property(windows, windows, (a, b) => {
      const rows = [a, b].flatMap((window) => {
        const end = window.ids.length + 1;
        return [...hashes(window, 0, end, under(7))].map((hash, event) => ({
          hash,
          row: JSON.stringify(maskedRow(window, event, EVENTS_MAX)),
        }));
      });
      for (const one of rows)
        for (const other of rows) expect(one.hash === other.hash).toBe(one.row === other.row);
    }),
  );
});

test("the hashes of a part are those of the whole, and others under another seed, whichever bit of it differs", () => {
  const window = { isStart: true, ids: [0, 1, 2, 1, 0], codes: [0, 3, 0, 115, 0] };
  const all = [...hashes(window, 0, 6, under(2 ** 52 + 1))];
  expect([...hashes(window, 3, 6, under(2 ** 52 + 1))]).toEqual(all.slice(3));
  for (const seed of [1, 2 ** 52, 2 ** 52 + 3, 2 ** 51 + 1])
    for (const [event, hash] of hashes(window, 0, 6, under(seed)).entries())
      expect(hash).not.toBe(all[event]);
});
