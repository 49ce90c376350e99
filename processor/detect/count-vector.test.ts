import { describe, expect, it } from "vitest";
import { closedSession, evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createCountVectorDetector } from "./count-vector.ts";

/** Sessions that open and close once, and read a varying number of times. */
const usual = Array.from({ length: 20 }, (_, i) => ({ open: 1, read: 5 + (i % 10), write: 3, close: 1 }));

function taught(sessions: readonly Readonly<Record<string, number>>[] = usual) {
  const detector = createCountVectorDetector();
  detector.learn(sessions.map((session) => closedSession(session)));
  return detector;
}

describe("count vectors", () => {
  it("say nothing of events, nor of a service without a finished session", async () => {
    const detector = createCountVectorDetector();
    expect(await evidenceOf(detector, [closedSession({ open: 1 })])).toEqual([]);
    detector.learn([freshWindow([{ template: "open" }])]);
    expect(await evidenceOf(detector, [closedSession({ open: 1 })])).toEqual([]);
    expect(await evidenceOf(taught(), [freshWindow([{ template: "never seen" }])])).toEqual([]);
  });

  it("find a session that was seen before not odd at all", async () => {
    expect(await surpriseOf(taught(), closedSession({ close: 1, write: 3, read: 7, open: 1 }))).toBe(0);
  });

  it("find a template odder the less it varies among sessions that are alike", async () => {
    const detector = taught();
    const read = await surpriseOf(detector, closedSession({ open: 1, read: 16, write: 3, close: 1 }));
    const write = await surpriseOf(detector, closedSession({ open: 1, read: 7, write: 5, close: 1 }));
    expect(read).toBeGreaterThan(0);
    expect(write).toBeGreaterThan(read ?? 0);
  });

  it("find a missing and a new template as odd as each other, and both at once odder", async () => {
    const detector = taught();
    const missing = await surpriseOf(detector, closedSession({ open: 1, read: 7, write: 3 }));
    const strange = await surpriseOf(detector, closedSession({ open: 1, read: 7, write: 3, close: 1, x: 1 }));
    const both = await surpriseOf(detector, closedSession({ open: 1, read: 7, write: 3, x: 1 }));
    expect(missing).toBeCloseTo(Math.log1p(20));
    expect(strange).toBeCloseTo(missing ?? 0);
    expect(both).toBeCloseTo(Math.log1p(40));
  });

  it("name the template that differs most, and the nearest usual count", async () => {
    const [evidence] = await evidenceOf(taught(), [
      closedSession({ open: 1, read: 6, write: 203, close: 1 }),
    ]);
    expect(evidence).toMatchObject({ event: 20, detail: { kind: "count", template: "write", count: 203 } });
    expect(evidence?.detail).toMatchObject({ usual: 3 });
  });

  it("do not take a loop that ran very often for many oddities", async () => {
    const loop = await surpriseOf(taught(), closedSession({ open: 1, read: 7, write: 5_000, close: 1 }));
    expect(loop).toBeLessThanOrEqual(Math.log1p(100));
  });

  it("are careful while fewer than five different sessions are known", async () => {
    const strange = closedSession({ open: 1, read: 7, write: 3 });
    const young = await surpriseOf(taught(usual.slice(0, 2)), strange);
    expect(young).toBeGreaterThan(0);
    expect(young).toBeLessThan((await surpriseOf(taught(), strange)) ?? 0);
  });

  it("learn what is new, for its own service only", async () => {
    const detector = taught();
    const fresh = { open: 2, close: 2 };
    detector.learn([closedSession(fresh)]);
    expect(await surpriseOf(detector, closedSession(fresh))).toBe(0);
    expect(await surpriseOf(detector, closedSession(fresh, "bank"))).toBeUndefined();
  });

  it("forget the sessions that were not seen for the longest time, and services likewise", async () => {
    const detector = createCountVectorDetector({ maxVectors: 8, maxServices: 2 });
    const session = (i: number) => ({ open: 1, read: 10 * i + 1 });
    for (let i = 0; i < 8; i++) detector.learn([closedSession(session(i))]);
    detector.learn([closedSession(session(0)), closedSession(session(8))]);
    expect(await surpriseOf(detector, closedSession(session(0)))).toBe(0);
    expect(await surpriseOf(detector, closedSession(session(1)))).toBeGreaterThan(0);
    detector.learn([closedSession(session(0), "bank"), closedSession(session(0), "post")]);
    expect(await surpriseOf(detector, closedSession(session(0)))).toBeUndefined();
  });

  describe("of one request", () => {
    /** Four templates in each of ten different sessions. */
    const COUNTS_KNOWN = 40;
    const odd = (i: number) => closedSession({ open: 1, read: 100 + i, write: 3, close: 1 });
    const ask = async (maxComparisons: number, windows: readonly SequenceWindow[]) => {
      const skipped: number[] = [];
      const detector = createCountVectorDetector({
        maxComparisons,
        onSkipped: (sessions) => skipped.push(sessions),
      });
      detector.learn(usual.map((session) => closedSession(session)));
      const evidence = await evidenceOf(detector, windows);
      return { judged: evidence.map(({ window }) => window), skipped };
    };

    it("look at no more counts than they may, and tell how many sessions they left", async () => {
      const windows = [odd(0), odd(1), odd(2), odd(3)];
      const two = 2 * (4 + COUNTS_KNOWN);
      expect(await ask(two, windows)).toEqual({ judged: [0, 1], skipped: [2] });
      expect(await ask(two - 1, windows)).toEqual({ judged: [0], skipped: [3] });
      expect(await ask(2 * two, windows)).toEqual({ judged: [0, 1, 2, 3], skipped: [] });
    });

    it("compare equal sessions once, and known ones not at all", async () => {
      const known = closedSession(usual[0] ?? {});
      const stranger = () => closedSession({ open: 1, stranger: 2 });
      const windows = [stranger(), stranger(), known, stranger(), odd(0)];
      expect(await ask(2 + 2 + 4 + 2 + 4 + COUNTS_KNOWN, windows)).toEqual({
        judged: [0, 1, 2, 3],
        skipped: [1],
      });
    });

    it("share the bound among services, and take nothing from the next request", async () => {
      const detector = createCountVectorDetector({ maxComparisons: 4 + COUNTS_KNOWN });
      detector.learn(
        ["shop", "bank"].flatMap((service) => usual.map((session) => closedSession(session, service))),
      );
      const windows = [odd(0), { ...odd(1), service: "bank" }];
      for (let request = 0; request < 2; request++)
        expect((await evidenceOf(detector, windows)).map(({ window }) => window)).toEqual([0]);
    });
  });

  it("judge the same after a restart, though some sessions came again and many are equally near", async () => {
    const session = (i: number) => closedSession({ [`a${i % 7}`]: 1 + (i % 3), [`b${i % 11}`]: 1 + (i % 2) });
    const detector = createCountVectorDetector();
    for (let i = 0; i < 600; i += 1) detector.learn([session(i), session(i % 13)]);
    const restarted = createCountVectorDetector();
    restarted.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    for (let i = 0; i < 100; i += 1) {
      const lesson = closedSession({ [`a${i % 7}`]: 4 + (i % 5), [`b${i % 11}`]: 1 });
      expect(await surpriseOf(restarted, lesson)).toBe(await surpriseOf(detector, lesson));
      detector.learn([lesson]);
      restarted.learn([lesson]);
    }
  });

  it("do not grow beyond their bounds, whatever comes", () => {
    const detector = createCountVectorDetector({
      maxKnownTemplates: 100,
      maxServices: 50,
      maxNumbersTotal: 5_000,
    });
    for (let i = 0; i < 2_000; i++) {
      detector.learn([closedSession({ a: 1, [`t${i}`]: 1 }, "busy"), closedSession({ a: 1 }, `s${i}`)]);
    }
    const state = JSON.parse(JSON.stringify(detector.snapshot())) as {
      services: [string, { templates: []; vectors: number[][] }][];
    };
    const busy = state.services.find(([service]) => service === "busy")?.[1];
    expect(state.services.length).toBeLessThanOrEqual(50);
    expect(busy?.templates.length).toBeLessThanOrEqual(101);
    expect(busy?.vectors.flat().length).toBeLessThanOrEqual(5_000);
  });
});
