import { expect, test } from "vitest";
import { maskedRow } from "./masked-row.ts";

const EVENTS_MAX = 4;

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
