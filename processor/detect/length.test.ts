import { describe, expect, it } from "vitest";
import { closedSession, evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import { createLengthDetector } from "./length.ts";

function taught(lengths: readonly number[]) {
  const detector = createLengthDetector();
  detector.learn(lengths.map((a) => closedSession({ a })));
  return detector;
}
const around20 = Array.from({ length: 200 }, (_, i) => 18 + (i % 5));
const surprise = async (detector: ReturnType<typeof taught>, a: number) =>
  (await surpriseOf(detector, closedSession({ a }))) ?? Number.NaN;

describe("session lengths", () => {
  it("say nothing of a session that goes on, nor of a service with few finished ones", async () => {
    expect(await evidenceOf(createLengthDetector(), [closedSession({ a: 3 })])).toEqual([]);
    expect(await evidenceOf(taught(around20.slice(0, 19)), [closedSession({ a: 3 })])).toEqual([]);
    expect(await evidenceOf(taught(around20), [freshWindow([{ template: "a" }])])).toEqual([]);
  });

  it("find a session odder the shorter or the longer it is", async () => {
    const detector = taught(around20);
    for (const lengths of [
      [20, 17, 12, 5, 1],
      [20, 24, 40, 400, 40_000],
    ]) {
      const surprises = await Promise.all(lengths.map((a) => surprise(detector, a)));
      expect(surprises).toEqual(surprises.toSorted((a, b) => a - b));
      expect(new Set(surprises).size).toBe(lengths.length);
    }
    expect(await surprise(detector, 20)).toBeLessThan(1);
  });

  it("know more than one usual length, and that what lies between is not usual", async () => {
    const detector = taught([...around20, ...around20.map(() => 3)]);
    expect(await surprise(detector, 3)).toBeLessThan(2);
    expect(await surprise(detector, 20)).toBeLessThan(2);
    expect(await surprise(detector, 9)).toBeGreaterThan(4);
  });

  it("are not made generous by a single outlier", async () => {
    const without = await surprise(taught(around20), 200);
    const withOne = await surprise(taught([...around20, 4_000]), 200);
    expect(withOne).toBeGreaterThan(0.9 * without);
  });

  it("are more generous where lengths vary more", async () => {
    const wild = Array.from({ length: 200 }, (_, i) => 5 + ((7 * i) % 60));
    expect(await surprise(taught(wild), 90)).toBeLessThan((await surprise(taught(around20), 90)) / 2);
  });

  it("tell the length and the usual one where it is odd", async () => {
    const [odd] = await evidenceOf(taught(around20), [closedSession({ a: 2 })]);
    expect(odd?.detail).toEqual({
      kind: "length",
      events: 2,
      usual: 20,
      usualMin: 17,
      usualMax: 22,
      sessions: 200,
    });
    const [even] = await evidenceOf(taught(around20), [closedSession({ a: 20 })]);
    expect(even?.detail).toBeUndefined();
  });

  it("follow a new habit", async () => {
    const detector = taught(around20);
    const before = await surprise(detector, 60);
    detector.learn(around20.map(() => closedSession({ a: 60 })));
    expect(await surprise(detector, 60)).toBeLessThan(before / 4);
  });

  it("do not grow beyond their bounds, whatever comes", () => {
    const detector = createLengthDetector({ maxServices: 50 });
    for (let i = 1; i <= 2_000; i++)
      detector.learn([closedSession({ a: (i * i) % 5_000 }, "busy"), closedSession({ a: 1 }, `s${i}`)]);
    const { services } = JSON.parse(JSON.stringify(detector.snapshot())) as {
      services: [string, unknown[]][];
    };
    expect(services.length).toBeLessThanOrEqual(50);
    for (const [, bins] of services) expect(bins.length).toBeLessThan(353);
  });
});
