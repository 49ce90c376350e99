import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WindowConfig, windowConfig } from "./config.ts";
import { CLOSED_PER_CALL_MAX, createWindower } from "./create-windower.ts";
import type { ParsedRecord, SequenceWindow } from "./sequence-window.ts";

const config = (settings: Partial<WindowConfig> = {}) => windowConfig.parse(settings);

function record(recordIndex: number, settings: Partial<ParsedRecord> = {}): ParsedRecord {
  const match = { templateId: `t${recordIndex}`, template: `t${recordIndex}`, parameters: [], isNew: false };
  return {
    recordIndex,
    match,
    service: "shop",
    stream: "",
    timeMs: 1_000 * recordIndex,
    severityNumber: 9,
    ...settings,
  };
}

const records = (count: number, settings: Partial<ParsedRecord> = {}) =>
  Array.from({ length: count }, (_, index) => record(index, settings));

describe("the windower", () => {
  it("gives nothing for a request without records", () => {
    expect(createWindower(config()).push([])).toEqual([]);
  });

  it("keeps services apart, whatever characters their names and streams hold", () => {
    const windows = createWindower(config()).push([
      record(0, { service: "shop", stream: "a\0b" }),
      record(1, { service: "shop\0a", stream: "b" }),
    ]);
    expect(windows.map(({ service, stream }) => [service, stream])).toEqual([
      ["shop", "a\0b"],
      ["shop\0a", "b"],
    ]);
  });

  it("tells of an event what came before it in its trace, however many are interleaved in its stream", () => {
    let nowMs = 0;
    const windower = createWindower(config(), () => nowMs);
    nowMs += 60_001;
    const traces = ["a", "b", undefined, "b", "a"];
    const first = windower.push(traces.map((trace, index) => record(index, { trace })));
    const told = (windows: readonly SequenceWindow[]) =>
      windows.flatMap(({ events, freshFrom }) => events.slice(freshFrom).map((one) => one.previousInTrace));
    expect(told(first)).toEqual(["", "", undefined, "t1", "t0"]);
    expect(told(windower.push([record(5, { trace: "b" })]))).toEqual(["t3"]);
  });

  it("does not take a trace to begin with its first event that is seen, soon after a start or after some were not", () => {
    let nowMs = 0;
    const windower = createWindower(config(), () => nowMs);
    const previous = (index: number, trace: string) =>
      windower.push([record(index, { trace })])[0]?.events.at(-1)?.previousInTrace;
    expect([previous(0, "a"), previous(1, "a")]).toEqual([null, "t0"]);
    nowMs += 60_001;
    expect([previous(2, "b"), previous(3, "a")]).toEqual(["", "t1"]);
    windower.skip();
    expect([previous(4, "a"), previous(5, "c"), previous(6, "a")]).toEqual([null, null, "t4"]);
    nowMs += 60_001;
    expect(previous(7, "d")).toBe("");
  });

  it("judges the rest at the end of a push with the window there is", () => {
    const windows = createWindower(config({ size: 20, step: 5 })).push(records(7));
    expect(windows.map((w) => w.freshRecords)).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6],
    ]);
    expect(windows.map((w) => w.events.length)).toEqual([5, 7]);
    expect(windows[1]?.freshFrom).toBe(5);
  });

  it("carries context from push to push, up to size", () => {
    const windower = createWindower(config({ size: 4, step: 2 }));
    windower.push(records(3));
    const [window] = windower.push([record(3)]);
    expect(window?.events.map((e) => e.match.templateId)).toEqual(["t0", "t1", "t2", "t3"]);
    expect(window?.freshFrom).toBe(3);
  });

  it("takes no session for whole that records may be missing from, and the next one for whole again", () => {
    let nowMs = 0;
    const windower = createWindower(config({ type: "session", idle_ms: 10_000, step: 20 }), () => nowMs);
    windower.push(records(3));
    windower.skip();
    nowMs = 10_000;
    const [midway] = windower.push([record(3), record(4)]);
    // Another one begins 100 s later.
    const [whole] = windower.push([record(100)]);
    nowMs = 20_001;
    const [other] = windower.push([record(0, { stream: "other" })]);
    expect([midway, whole, other].map((window) => [window?.isStart, window?.isClosed])).toEqual([
      [false, false],
      [true, false],
      [true, false],
    ]);
    expect(midway?.events.map(({ match }) => match.template)).toEqual(["t3", "t4"]);
    nowMs = 60_000;
    expect(windower.closeIdle(nowMs).map(({ events }) => events[0]?.match.template)).toEqual(["t100", "t0"]);
  });

  it("keeps services and streams apart", () => {
    const windows = createWindower(config()).push([
      record(0),
      record(1, { service: "cart" }),
      record(2),
      record(3, { stream: "i2" }),
    ]);
    expect(windows.map((w) => [w.service, w.stream, w.freshRecords])).toEqual([
      ["shop", "", [0, 2]],
      ["cart", "", [1]],
      ["shop", "i2", [3]],
    ]);
  });

  it("never gives a negative gap, and keeps the order of arrival", () => {
    const [window] = createWindower(config()).push([
      record(0, { timeMs: 500 }),
      record(1, { timeMs: 100 }),
      record(2, { timeMs: 150 }),
    ]);
    expect(window?.events.map((e) => e.gapMs)).toEqual([0, 0, 50]);
    expect(window?.events.map((e) => e.timeMs)).toEqual([500, 100, 150]);
  });

  it("knows no beginning of an endless stream", () => {
    expect(createWindower(config()).push([record(0)])[0]?.isStart).toBe(false);
  });
});

describe("windows by time", () => {
  it("leave out what is older than the span", () => {
    const windower = createWindower(config({ type: "time", span_ms: 1_000 }));
    windower.push([record(0, { timeMs: 0 }), record(1, { timeMs: 900 })]);
    const [window] = windower.push([record(2, { timeMs: 1_500 })]);
    expect(window?.events.map((e) => e.match.templateId)).toEqual(["t1", "t2"]);
  });

  it("do not hold two fresh events that are further apart than the span", () => {
    const windows = createWindower(config({ type: "time", span_ms: 1_000 })).push([
      record(0, { timeMs: 0 }),
      record(1, { timeMs: 5_000 }),
    ]);
    expect(windows.map((w) => w.events.length)).toEqual([1, 1]);
  });
});

describe("windows by session", () => {
  const sessions = (settings: Partial<WindowConfig> = {}) =>
    config({ type: "session", idle_ms: 1_000, ...settings });

  it("begin with the session's first event until it has left the window", () => {
    const windower = createWindower(sessions({ size: 3, step: 1 }));
    const windows = windower.push(records(4, { timeMs: 0 }));
    expect(windows.map((w) => w.isStart)).toEqual([true, true, true, false]);
  });

  it("close when event time shows a silence, and start anew", () => {
    const windower = createWindower(sessions());
    const windows = windower.push([
      record(0, { timeMs: 0 }),
      record(1, { timeMs: 100 }),
      record(2, { timeMs: 9_000 }),
    ]);
    expect(windows.map((w) => [w.isClosed, w.isStart, w.freshRecords, w.freshFrom])).toEqual([
      [false, true, [0, 1], 0],
      [true, true, [], 2],
      [false, true, [2], 0],
    ]);
    expect(windows[2]?.events[0]?.gapMs).toBe(0);
  });

  it("close by the wall clock, once", () => {
    let nowMs = 10_000;
    const windower = createWindower(sessions(), () => nowMs);
    windower.push([record(0, { stream: "a" })]);
    nowMs = 10_900;
    windower.push([record(1, { stream: "b" })]);
    expect(windower.closeIdle(11_000)).toEqual([]);
    expect(windower.closeIdle(11_001).map((w) => [w.stream, w.isClosed])).toEqual([["a", true]]);
    expect(windower.closeIdle(11_001)).toEqual([]);
  });

  it("close when there are too many streams", () => {
    const windower = createWindower(sessions({ max_streams: 2 }));
    windower.push([
      record(0, { stream: "a" }),
      record(1, { stream: "b" }),
      record(2, { stream: "a", timeMs: 500 }),
    ]);
    const windows = windower.push([record(0, { stream: "c" })]);
    expect(windows.filter((w) => w.isClosed).map((w) => [w.stream, w.events.length])).toEqual([["a", 2]]);
    expect(windower.closeIdle(Number.POSITIVE_INFINITY).map((w) => w.stream)).toEqual(["b", "c"]);
  });

  it("do not judge the end of an endless session", () => {
    const windower = createWindower(sessions({ max_session_events: 3 }));
    windower.push(records(4, { timeMs: 0 }));
    expect(windower.closeIdle(Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it("close in bounded batches", () => {
    const windower = createWindower(sessions(), () => 0);
    windower.push(Array.from({ length: CLOSED_PER_CALL_MAX + 1 }, (_, i) => record(i, { stream: `s${i}` })));
    expect(windower.closeIdle(5_000)).toHaveLength(CLOSED_PER_CALL_MAX);
    expect(windower.closeIdle(5_000)).toHaveLength(1);
  });
});

describe("whatever the configuration and the input", () => {
  const pushes = fc.array(
    fc.array(
      fc.record({ stream: fc.constantFrom("a", "b", "c"), timeMs: fc.integer({ min: 0, max: 10_000 }) }),
      {
        maxLength: 30,
      },
    ),
    { maxLength: 8 },
  );
  const configs = fc.record({
    type: fc.constantFrom("count", "time", "session"),
    size: fc.integer({ min: 2, max: 8 }),
    step: fc.integer({ min: 1, max: 10 }),
    span_ms: fc.integer({ min: 1, max: 5_000 }),
    idle_ms: fc.integer({ min: 100, max: 5_000 }),
    max_streams: fc.integer({ min: 1, max: 4 }),
  });

  it("every record is fresh in exactly one window of its own push, in order, within the limits", () => {
    fc.assert(
      fc.property(configs, pushes, (settings, requests) => {
        const parsed = windowConfig.parse(settings);
        const windower = createWindower(parsed, () => 0);
        for (const request of requests) {
          const pushed = request.map((settings, index) => record(index, settings));
          const windows = windower.push(pushed);
          expect(windows.flatMap((w) => w.freshRecords).toSorted((a, b) => a - b)).toEqual(
            pushed.map((r) => r.recordIndex),
          );
          for (const window of windows) expectSound(window, pushed, parsed);
        }
        expect(windower.closeIdle(Number.POSITIVE_INFINITY).length).toBeLessThanOrEqual(parsed.max_streams);
      }),
    );
  });
});

function expectSound(window: SequenceWindow, pushed: readonly ParsedRecord[], parsed: WindowConfig): void {
  expect(window.events.length).toBeLessThanOrEqual(parsed.size);
  expect(window.freshRecords.length).toBeLessThanOrEqual(Math.min(parsed.step, parsed.size));
  expect(window.freshFrom).toBe(window.events.length - window.freshRecords.length);
  expect(window.isClosed).toBe(window.freshRecords.length === 0);
  expect(window.freshRecords).toEqual(window.freshRecords.toSorted((a, b) => a - b));
  for (const [i, index] of window.freshRecords.entries()) {
    expect(window.events[window.freshFrom + i]?.match).toBe(pushed[index]?.match);
  }
  for (const event of window.events) expect(event.gapMs).toBeGreaterThanOrEqual(0);
}

it("judges no session as a whole that may be partly at another stage, and keeps what is known of it", () => {
  let nowMs = 0;
  const windower = createWindower(config({ type: "session", idle_ms: 1_000 }), () => nowMs);
  windower.push([record(0, { stream: "open", timeMs: 0 })]);
  windower.unsettle();
  const [window] = windower.push([
    record(1, { stream: "open", timeMs: 1 }),
    record(2, { stream: "soon after", timeMs: 1 }),
  ]);
  expect(window?.events.map(({ match }) => match.templateId)).toEqual(["t0", "t1"]);
  nowMs += 1_001;
  windower.push([record(3, { stream: "later", timeMs: 1 })]);
  nowMs += 1_001;
  expect(windower.closeIdle(nowMs).map(({ stream }) => stream)).toEqual(["later"]);
});

it("forgets the streams of one service and no others, and tells of each service where its own stop", () => {
  const windower = createWindower(config());
  for (const service of ["shop", "bank"])
    for (const stream of ["a", "b"]) windower.push([record(0, { service, stream })]);
  const before = JSON.stringify(windower.snapshot()("bank"));
  windower.forget("shop");
  expect(windower.snapshot()("shop")).toBeUndefined();
  expect(JSON.stringify(windower.snapshot()("bank"))).toBe(before);
  const contexts = ["shop", "bank"].map(
    (service) => windower.push([record(1, { service, stream: "a" })])[0]?.events.length,
  );
  expect(contexts).toEqual([1, 2]);
});
