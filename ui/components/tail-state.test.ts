import { describe, expect, test } from "vitest";
import type { TailRecord } from "./tail-record.ts";
import {
  emptyTail,
  TAIL_ROWS_MAX,
  type TailEvent,
  type TailFilter,
  type TailState,
  tailReducer,
} from "./tail-state.ts";

const anything: TailFilter = { service: "", text: "", minScore: 0, isOnlyAnomalies: false };

const record = (body: string, fields: Partial<TailRecord> = {}): TailRecord => ({
  time: "2026-11-23T12:00:00.000Z",
  service: "checkout",
  severity: "INFO",
  body,
  template: "<*>",
  score: 0.2,
  threshold: 0.85,
  isAnomaly: false,
  anomalyId: null,
  ...fields,
});

const came = (...bodies: readonly string[]): TailEvent => ({
  kind: "came",
  records: bodies.map((body) => record(body)),
});

const tailAfter = (...events: readonly TailEvent[]) => events.reduce(tailReducer, emptyTail(anything));

const lines = ({ shown }: TailState) =>
  shown.map((entry) => (entry.kind === "record" ? entry.record.body : entry.kind)).join(" ");

describe("the live tail", () => {
  test("a score that is not there reaches no least score", () => {
    const filter = { ...anything, minScore: 0.1 };
    const state = tailReducer(emptyTail(filter), {
      kind: "came",
      records: [record("a", { score: null }), record("b", { score: 0.1 })],
    });
    expect(lines(state)).toBe("b");
  });

  test("records join at the end, oldest first, each with a key of its own", () => {
    const state = tailAfter(came("a", "b"), came("c"));
    expect(lines(state)).toBe("a b c");
    expect(new Set(state.shown.map(({ key }) => key)).size).toBe(3);
  });

  test.each(["scrolled-away", "paused"] as const)("after %s what is shown stands still", (kind) => {
    const state = tailAfter(came("a"), { kind }, came("b", "c"));
    expect(lines(state)).toBe("a");
    expect(state.waitingRecords).toBe(2);
    expect(lines(tailReducer(state, { kind: "resumed" }))).toBe("a b c");
  });

  test("the end of the page resumes what scrolling has paused, not what somebody has paused", () => {
    expect(tailAfter({ kind: "scrolled-away" }, came("a"), { kind: "scrolled-to-end" }).mode).toBe(
      "following",
    );
    expect(tailAfter({ kind: "paused" }, { kind: "scrolled-to-end" }).mode).toBe("paused");
    expect(tailAfter({ kind: "paused" }, { kind: "scrolled-away" }).mode).toBe("paused");
  });

  test("a filter narrows what is there, and what was hidden comes back with its end", () => {
    const seen = tailAfter(came("apple", "Bread"), {
      kind: "filtered",
      filter: { ...anything, text: "bre" },
    });
    const later = tailReducer(seen, came("cider", "bream"));
    expect(lines(later)).toBe("Bread bream");
    expect(lines(tailReducer(later, { kind: "filtered", filter: anything }))).toBe("apple Bread cider bream");
  });

  test("a rare match stays however many others come after it", () => {
    const filter = { ...anything, isOnlyAnomalies: true };
    const first = tailReducer(emptyTail(filter), {
      kind: "came",
      records: [record("odd", { isAnomaly: true })],
    });
    const many = Array.from({ length: 3 * TAIL_ROWS_MAX }, (_, index) => `usual ${index}`);
    const later = tailReducer(first, came(...many));
    expect(lines(later)).toBe("odd");
    const narrower = { ...filter, text: "o" };
    expect(lines(tailReducer(later, { kind: "filtered", filter: narrower }))).toBe("odd");
  });

  test("the time without a connection is a gap that ends", () => {
    const broken = tailAfter(came("a"), { kind: "lost", atMs: 5 });
    expect(broken.shown.at(-1)).toMatchObject({ kind: "gap", fromMs: 5, toMs: undefined });
    const mended = [{ kind: "restored", atMs: 9 } as const, came("b")].reduce<TailState>(tailReducer, broken);
    expect(lines(mended)).toBe("a gap b");
    expect(mended.shown[1]).toMatchObject({ fromMs: 5, toMs: 9 });
  });

  test("before the first record there is nothing to have a gap in", () => {
    expect(tailAfter({ kind: "lost", atMs: 5 }, { kind: "restored", atMs: 9 }).shown).toEqual([]);
  });

  test("it is bounded, and says how many came that it could not keep", () => {
    const many = Array.from({ length: TAIL_ROWS_MAX + 500 }, (_, index) => `${index}`);
    const state = tailAfter(came("first"), { kind: "paused" }, came(...many), { kind: "resumed" });
    expect(state.shown).toHaveLength(TAIL_ROWS_MAX);
    expect(state.recent).toHaveLength(TAIL_ROWS_MAX);
    expect(state.shown[0]).toMatchObject({ kind: "skipped", records: 501 });
    expect(state.shown.at(-1)).toMatchObject({ record: { body: `${TAIL_ROWS_MAX + 499}` } });
  });
});
