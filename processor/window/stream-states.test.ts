import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { StreamState } from "./open-stream.ts";
import { readStreamStates, writeStreamStates } from "./stream-states.ts";

function stateOf(templates: readonly string[]): StreamState {
  const { events, session } = freshWindow(
    templates.map((template, index) => ({
      template,
      timeMs: 1_000 * index,
      gapMs: 10,
      parameters: ["secret"],
    })),
  );
  const release = { version: "1.4", deployment: undefined, key: '["1.4",null]' };
  return {
    isWhole: true,
    events: events.map((event, at) => ({ ...event, release: at === 0 ? release : undefined, code: at })),
    session,
  };
}

const overJson = (written: unknown) => readStreamStates(JSON.parse(JSON.stringify(written)));

describe("where the streams of a service stop", () => {
  it("is read back as it was, each stream once, without what came with its records alone", () => {
    const state = stateOf(["t0", "t1", "t0"]);
    const written = writeStreamStates([["user@example.com", state]], true);
    expect(JSON.stringify(written)).not.toMatch(/secret|example/);
    const read = overJson(written);
    expect(read.isComplete).toBe(true);
    expect([read.left(), read.take("another"), read.left()]).toEqual([1, undefined, 1]);
    const taken = read.take("user@example.com");
    expect(taken?.isWhole).toBe(true);
    expect(taken?.events).toEqual(
      state.events.map(({ match, ...event }) => ({
        ...event,
        match: { ...match, parameters: [], values: undefined },
        previousInTrace: undefined,
        surprise: undefined,
        surprisedBy: undefined,
      })),
    );
    expect(taken?.session).toEqual({
      events: 3,
      startedMs: 0,
      counts: new Map([
        ["t0", { template: "t0", count: 2 }],
        ["t1", { template: "t1", count: 1 }],
      ]),
    });
    expect([read.take("user@example.com"), read.left()]).toEqual([undefined, 0]);
  });

  it("holds so many events at most, and says that it is not all", () => {
    const state = stateOf(["t0"]);
    const streams = Array.from({ length: 10_000 }, (_, index) => [`s${index}`, state] as const);
    const read = overJson(writeStreamStates(streams, true));
    expect(read.isComplete).toBe(false);
    expect(read.left()).toBe(5_000);
    expect(read.take("s0")).toBeDefined();
  });

  it("is not all where others may go on", () => {
    expect(overJson(writeStreamStates([["s", stateOf(["t0"])]], false)).isComplete).toBe(false);
  });

  it("is refused where it is damaged, and told what is", () => {
    const written = writeStreamStates([["s", stateOf(["t0"])]], true);
    expect(() => overJson({ ...written, streams: "none" })).toThrow("streams");
    expect(() => overJson({ ...written, templates: [] })).toThrow("template 0 of 0");
    expect(() => overJson({ ...written, releases: [] })).toThrow("release 0 of 0");
  });
});
