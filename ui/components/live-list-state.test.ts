import { describe, expect, test } from "vitest";
import {
  type LiveListEvent,
  type LiveListState,
  liveListReducer,
  loadingList,
  ROWS_MAX,
} from "./live-list-state.ts";

interface Row {
  readonly kind: "anomaly" | "incident";
  readonly id: string;
  readonly count: number;
}

const row = (id: string, count = 1, kind: Row["kind"] = "incident"): Row => ({ kind, id, count });

const listAfter = (...events: readonly LiveListEvent<Row>[]) =>
  events.reduce<LiveListState<Row>>(liveListReducer, loadingList);
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id).join("");
const pageOf = (letters: string, nextCursor?: string) => ({
  rows: [...letters].map((letter) => row(letter)),
  nextCursor,
});
const page = (letters: string, nextCursor?: string): LiveListEvent<Row> => ({
  kind: "page",
  page: pageOf(letters, nextCursor),
});
const newest = (letters: string, nextCursor: string | undefined, isHeld = false): LiveListEvent<Row> => ({
  kind: "newest",
  page: pageOf(letters, nextCursor),
  isHeld,
});
const arrived = (id: string, isHeld = false, count = 1): LiveListEvent<Row> => ({
  kind: "arrived",
  row: row(id, count),
  isHeld,
});

describe("a live list", () => {
  test("a row that comes by page and by subscription is there once", () => {
    const state = listAfter(arrived("d"), page("dcb", "b"), arrived("d"), page("ba"));
    expect(ids(state.rows)).toBe("dcba");
    expect(state.arrivals).toBe(1);
    expect(state.nextCursor).toBeUndefined();
  });

  test("a late arrival takes its place by age", () => {
    expect(ids(listAfter(page("ec"), arrived("d")).rows)).toBe("edc");
  });

  test("what belongs to a page that is not loaded yet waits for that page", () => {
    expect(ids(listAfter(page("ed", "d"), arrived("b")).rows)).toBe("ed");
  });

  test("what arrives while the reader is further down waits until it is asked for", () => {
    const held = listAfter(page("a"), arrived("b", true), arrived("c", true));
    expect(ids(held.rows)).toBe("a");
    expect(held.held).toHaveLength(2);
    const released = liveListReducer(held, { kind: "released" });
    expect(ids(released.rows)).toBe("cba");
    expect(released.held).toHaveLength(0);
  });

  test("a row that changes changes where it is, also while arrivals wait, and is no arrival", () => {
    const state = listAfter(page("ba"), arrived("c", true), arrived("a", true, 7), arrived("c", true, 9));
    expect(state.rows).toEqual([row("b"), row("a", 7)]);
    expect(state.held).toEqual([row("c", 9)]);
    expect(state.arrivals).toBe(1);
  });

  test("a change of what is not in the list brings nothing in", () => {
    const state = listAfter(
      page("ba"),
      { kind: "changed", row: row("c") },
      { kind: "changed", row: row("a", 5) },
    );
    expect(state.rows).toEqual([row("b"), row("a", 5)]);
  });

  test("after a lost connection, what was missed joins what is there", () => {
    const state = listAfter(page("cba", "a"), newest("edc", "c"));
    expect(ids(state.rows)).toBe("edcba");
    expect(state.nextCursor).toBe("a");
  });

  test("when more was missed than a page holds, the old rows go, so that the list has no gap", () => {
    const state = listAfter(page("cba", "a"), newest("zy", "y"));
    expect(ids(state.rows)).toBe("zy");
    expect(state.nextCursor).toBe("y");
  });

  test("what was missed moves nothing under the eyes of a reader who is further down", () => {
    const held = listAfter(page("cba", "a"), newest("edc", "c", true));
    expect([ids(held.rows), ids(held.held)]).toEqual(["cba", "ed"]);
    expect(ids(liveListReducer(held, { kind: "released" }).rows)).toBe("edcba");
  });

  test("what was missed after a gap replaces the list only when it is asked for", () => {
    const held = listAfter(page("cba", "a"), newest("zy", "y", true), arrived("~", true));
    expect([ids(held.rows), ids(held.held), held.nextCursor]).toEqual(["cba", "~zy", "a"]);
    const released = liveListReducer(held, { kind: "released" });
    expect([ids(released.rows), released.nextCursor]).toEqual(["~zy", "y"]);
  });

  test("a failure keeps what is there, and a new filter does not", () => {
    const failed = listAfter(page("ba", "a"), { kind: "failed", error: "no" });
    expect(failed).toMatchObject({ phase: "failed", error: "no" });
    expect(ids(failed.rows)).toBe("ba");
    expect(liveListReducer(failed, { kind: "restarted" })).toEqual(loadingList);
  });

  test("the list is bounded, however many arrive", () => {
    const rows = Array.from({ length: ROWS_MAX }, (_, index) => row(`b${String(index).padStart(6, "0")}`));
    const full = listAfter({ kind: "page", page: { rows, nextCursor: "more" } });
    expect(full.nextCursor).toBeUndefined();
    const next = liveListReducer(full, arrived("c"));
    expect(next.rows).toHaveLength(ROWS_MAX);
    expect(next.rows[0]?.id).toBe("c");
  });

  test("what changed replaces a row of its own kind alone: an incident has the id of its first anomaly", () => {
    const list = listAfter(
      {
        kind: "page",
        page: { rows: [row("b", 1, "anomaly"), row("a", 1, "anomaly")], nextCursor: undefined },
      },
      { kind: "changed", row: row("a", 30, "incident") },
      { kind: "changed", row: row("b", 2, "anomaly") },
    );
    expect(list.rows).toEqual([row("b", 2, "anomaly"), row("a", 1, "anomaly")]);
  });

  test("rows that are shown and rows that wait are renewed alike", () => {
    const renew = (one: Row) => (one.id === "a" ? one : row(one.id, 7));
    const before = listAfter(page("ba"), arrived("c", true));
    const after = liveListReducer(before, { kind: "renewed", renew });
    expect(after.rows.map(({ count }) => count)).toEqual([7, 1]);
    expect(after.held.map(({ count }) => count)).toEqual([7]);
    expect(after.rows[1]).toBe(before.rows[1]);
  });
});
