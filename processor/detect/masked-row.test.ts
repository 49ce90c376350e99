import fc from "fast-check";
import { expect, test } from "vitest";
import { contextKeys, maskedRow, type ReadWindow } from "./masked-row.ts";

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

test.each([
  [1, 1 + 2 ** 16],
  [0xd83d, 0x1f600],
  [2 ** 16, 999_999],
])("the keys of what follows the templates %i and %i differ", (a, b) => {
  const keyOf = (template: number) =>
    contextKeys({ isStart: true, ids: [template, 0], codes: [0, 0] }, EVENTS_MAX)(1);
  expect(keyOf(a)).not.toBe(keyOf(b));
});

test("two places have the same key exactly when the model is shown the same row", () => {
  fc.assert(
    fc.property(windows, windows, (a, b) => {
      const rows = [a, b].flatMap((window) => {
        const keyOf = contextKeys(window, EVENTS_MAX);
        return Array.from({ length: window.ids.length + 1 }, (_, event) => ({
          key: keyOf(event),
          row: JSON.stringify(maskedRow(window, event, EVENTS_MAX)),
        }));
      });
      for (const one of rows)
        for (const other of rows) expect(one.key === other.key).toBe(one.row === other.row);
    }),
  );
});

test("the mask stands behind what came before: at most so many events, with a begin before the first of a session", () => {
  const window = { isStart: true, ids: [0, 1, 2, 1, 0], codes: [0, 0, 0, 0, 0] };
  expect(maskedRow(window, 2, EVENTS_MAX)).toMatchObject({ ids: [0, 0, 1, 0], kinds: [1, 0, 0, 3], at: 3 });
  expect(maskedRow(window, 4, EVENTS_MAX)).toMatchObject({ ids: [1, 2, 1, 0], kinds: [0, 0, 0, 3], at: 3 });
  // Its end has no event of its own.
  expect(maskedRow(window, 5, EVENTS_MAX)).toMatchObject({
    ids: [1, 2, 1, 0, 0],
    kinds: [0, 0, 0, 0, 3],
    at: 4,
  });
});
