import { describe, expect, it } from "vitest";
import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { RecordedRun } from "./recorded-format.ts";
import { createWaitingRuns } from "./waiting-runs.ts";

const hash = (key: string) => `#${key.replace("\0", "/")}`;
const open = (eventsMax = 100, onDropped: (events: number) => void = () => undefined) =>
  createWaitingRuns({ eventsMax, hash, onDropped });

/** A window of one-letter templates; those from `freshFrom` on are fresh. */
function window(letters: string, fields: Partial<SequenceWindow> = {}): SequenceWindow {
  const events = [...letters].map((letter, i) => ({
    match: { templateId: letter, template: letter, parameters: ["secret"], isNew: false },
    timeMs: 1_000 + i,
    gapMs: i,
    severityNumber: 9,
  }));
  return {
    service: "shop",
    stream: "1",
    events,
    freshFrom: 0,
    freshRecords: events.map((_, i) => i),
    isStart: false,
    isClosed: false,
    session: { events: events.length, counts: new Map(), startedMs: 1_000 },
    ...fields,
  };
}

const odd = (of: SequenceWindow, event: number): Finding => ({
  recordIndex: event,
  window: of,
  event,
  verdict: {
    score: 1,
    pValue: 0,
    strength: 0,
    threshold: 0.9,
    isAnomaly: true,
    modelVersion: "m",
    contributions: [],
  },
});

const texts = (runs: readonly RecordedRun[]) =>
  runs.map(({ events, begins, ends, continues }) =>
    [
      begins ? "^" : continues ? "+" : "",
      ...events.map(({ template }) => template.text),
      ends ? "$" : "",
    ].join(""),
  );

describe("runs that wait to be written", () => {
  it("tell by their gaps when each event was, also where times go back", () => {
    const waiting = open();
    const whole = window("abc");
    const events = whole.events.map((event, i) => ({
      ...event,
      timeMs: [5_000, 7_000, 6_500][i] ?? 0,
      gapMs: 0,
    }));
    waiting.add([{ ...whole, events, freshFrom: 1 }], []);
    const [run] = waiting.drain();
    expect([run?.startMs, run?.events.map(({ gapMs }) => gapMs)]).toEqual([7_000, [2_000, -500]]);
  });

  it("hold the fresh events of a stream in their order, over windows", () => {
    const waiting = open();
    waiting.add([window("ab", { isStart: true }), window("abc", { freshFrom: 2 })], []);
    expect(waiting.events).toBe(3);
    const runs = waiting.drain();
    expect(texts(runs)).toEqual(["^abc"]);
    expect(runs[0]).toMatchObject({ service: "shop", stream: "#shop/1", startMs: 1_000 });
    expect(JSON.stringify(runs)).not.toContain("secret");
    expect(waiting.events).toBe(0);
  });

  it("go on after what was written before, and say so", () => {
    const waiting = open();
    waiting.add([window("a"), window("x", { stream: "2" })], []);
    expect(texts(waiting.drain())).toEqual(["a", "x"]);
    waiting.add([window("ab", { freshFrom: 1 })], []);
    expect(texts(waiting.drain())).toEqual(["+b"]);
  });

  it("end before what was judged anomalous, and begin anew behind it", () => {
    const waiting = open();
    const one = window("abc");
    waiting.add([one], [odd(one, 1)]);
    expect(texts(waiting.drain())).toEqual(["a", "c"]);
    const two = window("abcd", { freshFrom: 3 });
    waiting.add([two], [odd(two, 3)]);
    waiting.add([window("e")], []);
    expect(texts(waiting.drain())).toEqual(["e"]);
  });

  it("know a session's end, also when it comes after its last event was written", () => {
    const waiting = open();
    waiting.add([window("ab", { isStart: true, isClosed: true })], []);
    waiting.add([window("a", { isStart: true })], []);
    expect(texts(waiting.drain())).toEqual(["^ab$", "^a"]);
    waiting.add([window("a", { freshFrom: 1, isClosed: true })], []);
    expect(texts(waiting.drain())).toEqual(["+$"]);
    const last = window("ab", { isStart: true, isClosed: true });
    waiting.add([last], [odd(last, 1)]);
    expect(texts(waiting.drain())).toEqual(["^a"]);
  });

  it("are bounded: what finds no room is counted, and breaks its stream", () => {
    let dropped = 0;
    const waiting = open(2, (events) => {
      dropped += events;
    });
    waiting.add([window("abcd")], []);
    expect(dropped).toBe(2);
    expect(texts(waiting.drain())).toEqual(["ab"]);
    waiting.add([window("e")], []);
    expect(texts(waiting.drain())).toEqual(["e"]);
  });

  it("go on after nothing that was lost", () => {
    const waiting = open();
    waiting.add([window("a")], []);
    waiting.drain();
    waiting.breakAll();
    waiting.add([window("b")], []);
    expect(texts(waiting.drain())).toEqual(["b"]);
  });
});
