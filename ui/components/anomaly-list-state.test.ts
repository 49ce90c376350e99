import { describe, expect, test } from "vitest";
import { type AnomalyListEvent, anomalyListReducer, loadingList, ROWS_MAX } from "./anomaly-list-state.ts";
import type { AnomalyRowData } from "./anomaly-row.ts";

const row = (id: string): AnomalyRowData => ({
  id,
  time: "2026-11-23T12:00:00.000Z",
  service: "checkout",
  severity: "ERROR",
  score: 0.9,
  threshold: 0.85,
  template: "pool exhausted after <*> ms",
  explanation: { summary: "unusual" },
  feedback: [],
});

const listAfter = (...events: readonly AnomalyListEvent[]) => events.reduce(anomalyListReducer, loadingList);
const ids = (rows: readonly AnomalyRowData[]) => rows.map(({ id }) => id).join("");
const page = (letters: string, nextCursor: string | undefined): AnomalyListEvent => ({
  kind: "page",
  rows: [...letters].map(row),
  nextCursor,
});

describe("the list of anomalies", () => {
  test("a row that comes by page and by subscription is there once", () => {
    const state = listAfter(
      { kind: "arrived", row: row("d"), isHeld: false },
      page("dcb", "b"),
      { kind: "arrived", row: row("d"), isHeld: false },
      page("ba", undefined),
    );
    expect(ids(state.rows)).toBe("dcba");
    expect(state.nextCursor).toBeUndefined();
  });

  test("a late arrival takes its place by age", () => {
    expect(
      ids(listAfter(page("ec", undefined), { kind: "arrived", row: row("d"), isHeld: false }).rows),
    ).toBe("edc");
  });

  test("what arrives while the reader is further down waits until it is asked for", () => {
    const held = listAfter(
      page("a", undefined),
      { kind: "arrived", row: row("b"), isHeld: true },
      { kind: "arrived", row: row("c"), isHeld: true },
    );
    expect(ids(held.rows)).toBe("a");
    expect(held.held).toHaveLength(2);
    const released = anomalyListReducer(held, { kind: "released" });
    expect(ids(released.rows)).toBe("cba");
    expect(released.held).toHaveLength(0);
  });

  test("after a lost connection, what was missed joins what is there", () => {
    const state = listAfter(page("cba", "a"), {
      kind: "newest",
      rows: ["e", "d", "c"].map(row),
      nextCursor: "c",
    });
    expect(ids(state.rows)).toBe("edcba");
    expect(state.nextCursor).toBe("a");
  });

  test("when more was missed than a page holds, the old rows go, so that the list has no gap", () => {
    const state = listAfter(page("cba", "a"), { kind: "newest", rows: ["z", "y"].map(row), nextCursor: "y" });
    expect(ids(state.rows)).toBe("zy");
    expect(state.nextCursor).toBe("y");
  });

  test("a failure keeps what is there, and a new filter does not", () => {
    const failed = listAfter(page("ba", "a"), { kind: "failed", error: "no" });
    expect(failed).toMatchObject({ phase: "failed", error: "no" });
    expect(ids(failed.rows)).toBe("ba");
    expect(anomalyListReducer(failed, { kind: "restarted" })).toEqual(loadingList);
  });

  test("feedback changes its own row only", () => {
    const feedback = [{ id: "f", isTrueAnomaly: true }];
    const state = listAfter(page("ba", undefined), { kind: "feedback", id: "a", feedback });
    expect(state.rows.map((one) => one.feedback.length)).toEqual([0, 1]);
  });

  test("the list is bounded, however many arrive", () => {
    const rows = Array.from({ length: ROWS_MAX }, (_, index) => row(`b${String(index).padStart(6, "0")}`));
    const full = listAfter({ kind: "page", rows, nextCursor: "more" });
    expect(full.nextCursor).toBeUndefined();
    const next = anomalyListReducer(full, { kind: "arrived", row: row("c"), isHeld: false });
    expect(next.rows).toHaveLength(ROWS_MAX);
    expect(next.rows[0]?.id).toBe("c");
  });
});
