import { describe, expect, it } from "vitest";
import { evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import { createGapDetector } from "./gap.ts";

const pair = (gapMs: number, template = "reply") =>
  freshWindow([{ template: "request" }, { template, gapMs }]);
const around100 = Array.from({ length: 200 }, (_, i) => pair(80 + ((7 * i) % 41)));

function taught(windows = around100) {
  const detector = createGapDetector();
  detector.learn(windows);
  return detector;
}

describe("gaps", () => {
  it("say nothing of a pair that they hardly know, nor of an event without a predecessor", async () => {
    expect(await evidenceOf(createGapDetector(), [pair(100)])).toEqual([]);
    expect(await evidenceOf(taught(around100.slice(0, 9)), [pair(5_000)])).toEqual([]);
    expect(await evidenceOf(taught(), [pair(5_000, "another")])).toEqual([]);
    expect(await evidenceOf(taught(), [freshWindow([{ template: "reply", gapMs: 5_000 }])])).toEqual([]);
  });

  it("are odder the longer and, less so, the shorter", async () => {
    const detector = taught();
    const surprises = (gaps: readonly number[]) =>
      Promise.all(gaps.map(async (gapMs) => (await surpriseOf(detector, pair(gapMs))) ?? Number.NaN));
    const longer = await surprises([100, 150, 400, 5_000, 3_600_000]);
    expect(longer).toEqual(longer.toSorted((a, b) => a - b));
    const shorter = await surprises([99, 60, 10, 0]);
    expect(shorter).toEqual(shorter.toSorted((a, b) => a - b));
    const [tenTimes = 0, tenth = 0] = await surprises([1_000, 9.1]);
    expect(tenth).toBeGreaterThan(0.2 * tenTimes);
    expect(tenth).toBeLessThan(0.3 * tenTimes);
  });

  it("tell the gap and the usual one", async () => {
    const [evidence] = await evidenceOf(taught(), [pair(60_000)]);
    expect(evidence).toMatchObject({ event: 1, detail: { kind: "gap", gapMs: 60_000 } });
    expect(evidence?.detail).toMatchObject({ usualMs: expect.closeTo(100, -1), cases: 200 });
  });

  it("give no evidence where events have no times", async () => {
    const timeless = taught(Array.from({ length: 500 }, () => pair(0)));
    expect(await evidenceOf(timeless, [pair(0)])).toEqual([]);
    expect(await evidenceOf(timeless, [pair(60_000)])).toEqual([]);
  });

  it("are not widened by one outlier, and follow a new habit", async () => {
    const detector = taught();
    const before = (await surpriseOf(detector, pair(2_000))) ?? 0;
    detector.learn([pair(86_400_000)]);
    expect(await surpriseOf(detector, pair(2_000))).toBeGreaterThan(0.8 * before);
    for (let i = 0; i < 10; i++) detector.learn(around100.map(() => pair(2_000)));
    expect(await surpriseOf(detector, pair(2_000))).toBeLessThan(1);
  });

  it("do not grow beyond their bounds, whatever comes", () => {
    const detector = createGapDetector({ maxPairs: 100, maxServices: 50, maxPairsTotal: 200 });
    for (let i = 0; i < 10_000; i++)
      detector.learn([
        freshWindow([{ template: "a" }, { template: `t${i}`, gapMs: 1 }], "busy"),
        freshWindow([{ template: "a" }, { template: "b", gapMs: 1 }, { template: "c", gapMs: 1 }], `s${i}`),
      ]);
    const { services } = JSON.parse(JSON.stringify(detector.snapshot())) as {
      services: [string, { pairs: unknown[] }][];
    };
    expect(services.length).toBeLessThanOrEqual(50);
    expect(services.flatMap(([, { pairs }]) => pairs).length).toBeLessThanOrEqual(200);
  });
});
