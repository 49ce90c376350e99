import { describe, expect, test } from "vitest";
import { changesSince, mergeChanges, ruleBefore, type ThresholdChange } from "./threshold-history.ts";

const change = (id: string, value: number): ThresholdChange => ({
  id,
  mode: "MANUAL",
  value,
  alertsPerDay: null,
  author: "ana",
  at: "2026-11-23T12:00:00.000Z",
  revertOf: null,
});
const changes = [change("c", 0.93), change("b", 0.92), change("a", 0.91)];

describe("what was in force before a change", () => {
  test("is what the change before it had set", () => {
    expect(ruleBefore(changes, 0, false)).toMatchObject({ mode: "MANUAL", value: 0.92 });
  });

  test("is automatic before the first one", () => {
    expect(ruleBefore(changes, 2, false)).toEqual({ mode: "AUTO", value: null, alertsPerDay: null });
  });

  test("is not known where older changes were not fetched", () => {
    expect(ruleBefore(changes, 2, true)).toBeUndefined();
  });
});

describe("the changes since somebody looked", () => {
  test.each([
    ["c", []],
    ["a", ["c", "b"]],
    [null, ["c", "b", "a"]],
    ["gone", ["c", "b", "a"]],
  ])("after %s are %j", (seen, ids) => {
    expect(changesSince(changes, seen).map(({ id }) => id)).toEqual(ids);
  });
});

test("a newer page goes before the older ones, each change once", () => {
  const fresh = [change("d", 0.94), change("c", 0.93)];
  expect(mergeChanges(fresh, changes).map(({ id }) => id)).toEqual(["d", "c", "b", "a"]);
  expect(mergeChanges([], changes)).toEqual(changes);
});
