import { describe, expect, it } from "vitest";
import { closedSession, evidenceOf, said } from "../../test/helpers/detector-windows.ts";
import { createCountVectorDetector } from "../detect/count-vector.ts";
import { createLengthDetector } from "../detect/length.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge } from "./create-judge.ts";
import { oddEnds } from "./odd-ends.ts";

/** A service whose sessions are judged by what keeps examples of usual ones. */
function sessionsOf() {
  const detectors = [createCountVectorDetector(), createLengthDetector()];
  const judge = createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 });
  return async (counts: Readonly<Record<string, number>>) => {
    const windows = [closedSession(counts)];
    const evidence = await Promise.all(detectors.map((detector) => evidenceOf(detector, windows)));
    const findings = judge.judge(...said(windows, evidence.flat()));
    for (const detector of detectors) detector.learn(windows, oddEnds(findings));
    judge.learn(findings);
    return {
      isAnomaly: findings.some(({ verdict }) => verdict.isAnomaly),
      distance: evidence[0]?.[0]?.surprise,
    };
  };
}

const usual = (i: number) => ({ open: 1, read: 5 + ((i * 7) % 10), write: 3 + ((i * 3) % 4), close: 1 });
const failed = { open: 1, read: 7, abort: 2 };
const changed = (i: number) => ({ open: 1, read: 5 + ((i * 7) % 10), check: 1, write: 3, close: 1 });

async function withPast() {
  const session = sessionsOf();
  for (let i = 0; i < 1_500; i++) await session(usual(i));
  return session;
}

describe("a session that is odd as a whole", () => {
  it("is no example of a usual one: the second failure is as odd as the first", async () => {
    const session = await withPast();
    const first = await session(failed);
    for (let i = 0; i < 100; i++) await session(usual(i));
    const second = await session(failed);
    expect(first.isAnomaly).toBe(true);
    expect(second.isAnomaly).toBe(true);
    expect(second.distance).toBe(first.distance);
  });

  it("of a new normal alarms some twenty times at most, and is an example in the end", async () => {
    const session = await withPast();
    let alerts = 0;
    for (let i = 0; i < 1_000; i++) alerts += (await session(changed(i))).isAnomaly ? 1 : 0;
    expect(alerts).toBeLessThanOrEqual(25);
    expect((await session(changed(1))).distance).toBe(0);
  });

  it("of a job of every night alarms some twenty times, and hides no failure", async () => {
    const session = await withPast();
    const nightly = { open: 1, read: 7, vacuum: 1, analyse: 1, report: 1, close: 1 };
    const nights: boolean[] = [];
    for (let night = 0; night < 40; night++) {
      for (let i = 0; i < 50; i++) await session(usual(i));
      nights.push((await session(nightly)).isAnomaly);
    }
    expect(nights.slice(25)).toEqual(nights.slice(25).map(() => false));
    expect((await session(failed)).isAnomaly).toBe(true);
  });
});
