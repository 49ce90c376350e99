import { describe, expect, it } from "vitest";
import { afterMissed, afterRun, beforeRuns, type CanaryHealth, withoutRuns } from "./canary-health.ts";

const REQUIRED = { recallRatio: 0.5, recoveryRatio: 0.6 };
const run = (health: CanaryHealth, found: number, nowMs: number) =>
  afterRun(health, { odd: 10, found, normal: 20, flagged: 1 }, REQUIRED, nowMs);
/** Runs one after another, at the times from `fromMs` on. */
const runs = (health: CanaryHealth, found: readonly number[], fromMs: number) =>
  found.reduce((before, one, at) => run(before, one, fromMs + at), health);
const START = beforeRuns(undefined, false);
const COLLAPSED = runs(START, [0, 0], 1);

describe("the detector's health", () => {
  it("is unknown before the first run", () => {
    expect(START.status).toEqual({ state: "waiting" });
  });

  it("is good while half of the odd sequences are found", () => {
    expect(run(START, 5, 7).status).toEqual({
      state: "well",
      recallRatio: 0.5,
      requiredRatio: 0.5,
      falseAlarmRatio: 0.05,
      checkedAtMs: 7,
    });
  });

  it("collapses with the second bad run in a row, and not with one", () => {
    const once = runs(START, [9, 4], 1);
    expect(once.status).toMatchObject({ state: "well", recallRatio: 0.4 });
    expect(runs(once, [9, 4], 3).status.state).toBe("well");
    const collapsed = run(once, 0, 3);
    expect(collapsed.status).toMatchObject({ state: "collapsed", collapsedAtMs: 3, recallRatio: 0 });
    expect(run(collapsed, 1, 4).status).toMatchObject({
      state: "collapsed",
      collapsedAtMs: 3,
      checkedAtMs: 4,
    });
  });

  it("is good again with the third good run in a row, and remembers what was", () => {
    expect(runs(COLLAPSED, [10, 10], 3).status).toMatchObject({ state: "collapsed", recallRatio: 1 });
    const well = runs(COLLAPSED, [10, 10, 10], 3);
    expect(well.status).toMatchObject({ state: "well", collapsedAtMs: 2, recoveredAtMs: 5 });
    const again = runs(well, [0, 0], 6);
    expect(again.status).toMatchObject({ state: "collapsed", collapsedAtMs: 7 });
    expect(again.status.recoveredAtMs).toBeUndefined();
  });

  it("does not come and go when recall stays around the bar", () => {
    expect(runs(COLLAPSED, [5, 5, 5, 5, 6, 6, 5, 6, 6, 4, 6, 6], 3).status).toMatchObject({
      state: "collapsed",
      collapsedAtMs: 2,
    });
    expect(runs(COLLAPSED, [5, 6, 6, 6], 3).status.state).toBe("well");
  });
});

describe("a restart", () => {
  it("mends nothing, and forgets what was measured but for the collapse", () => {
    const { status } = COLLAPSED;
    expect(beforeRuns(status, false).status).toEqual({
      state: "collapsed",
      collapsedAtMs: 2,
      recallRatio: 0,
      requiredRatio: 0.5,
    });
    const well = runs(COLLAPSED, [10, 10, 10], 3);
    expect(beforeRuns(well.status, false).status).toEqual({
      state: "waiting",
      collapsedAtMs: 2,
      recoveredAtMs: 5,
    });
  });

  it("with other weights waits for their first run, and the collapse is over when that is good", () => {
    const others = beforeRuns(COLLAPSED.status, true);
    expect(others.status).toEqual({ state: "waiting", collapsedAtMs: 2 });
    expect(run(others, 9, 5).status).toMatchObject({ state: "well", collapsedAtMs: 2, recoveredAtMs: 5 });
    expect(runs(others, [0, 0], 5).status).toMatchObject({ state: "collapsed", collapsedAtMs: 2 });
  });

  it("without canaries carries the collapse over, whose end is told with canaries again", () => {
    const off = withoutRuns(COLLAPSED.status);
    expect(off).toEqual({ state: "off", collapsedAtMs: 2 });
    expect(run(beforeRuns(withoutRuns(off), false), 9, 5).status).toMatchObject({
      state: "well",
      collapsedAtMs: 2,
      recoveredAtMs: 5,
    });
  });
});

describe("runs that come to nothing", () => {
  const missed = (health: CanaryHealth, count: number) =>
    Array.from({ length: count }).reduce((before: CanaryHealth) => afterMissed(before), health);

  it("change nothing when they are few", () => {
    const well = run(START, 9, 1);
    expect(missed(well, 4).status).toEqual(well.status);
    expect(run(missed(run(well, 0, 2), 4), 0, 3).status.state).toBe("collapsed");
  });

  it("leave nothing known when they are many, but for a collapse", () => {
    expect(missed(run(START, 9, 1), 5).status).toEqual({ state: "waiting" });
    expect(missed(COLLAPSED, 5).status).toEqual(COLLAPSED.status);
  });
});
