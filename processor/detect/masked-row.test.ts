import { expect, test } from "vitest";
import { maskedRow } from "./masked-row.ts";

const EVENTS_MAX = 4;

test("what came before is shown: at most so many events with the masked one, with a begin before the first of a session", () => {
  const window = { isStart: true, ids: [0, 1, 2, 1, 0], codes: [5, 6, 7, 8, 9] };
  expect(maskedRow(window, 2, EVENTS_MAX)).toEqual({ ids: [0, 1], codes: [5, 6], begins: true });
  expect(maskedRow(window, 4, EVENTS_MAX)).toEqual({ ids: [1, 2, 1], codes: [6, 7, 8], begins: false });
  // Its end has no event of its own.
  expect(maskedRow(window, 5, EVENTS_MAX)).toEqual({ ids: [1, 2, 1, 0], codes: [6, 7, 8, 9], begins: false });
});
