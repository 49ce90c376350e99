import { describe, expect, it } from "vitest";
import { afterRun, beforeRuns, type CanaryHealth } from "./canary-health.ts";

const run = (health: CanaryHealth, found: number, nowMs: number) =>
  afterRun(health, { odd: 10, found, normal: 20, flagged: 1 }, 0.5, nowMs);
const START = beforeRuns(undefined);

describe("the detector's health", () => {
  it("is unknown before the first run", () => {
    expect(START.status).toEqual({ state: "waiting" });
  });

  it("is good while half of the odd sequences are found", () => {
    expect(run(START, 5, 7).status).toEqual({
      state: "well",
      recallRatio: 0.5,
      falseAlarmRatio: 0.05,
      checkedAtMs: 7,
    });
  });

  it("collapses with the second bad run in a row, and not with one", () => {
    const once = run(run(START, 9, 1), 4, 2);
    expect(once.status).toMatchObject({ state: "well", recallRatio: 0.4 });
    expect(run(run(once, 9, 3), 4, 4).status.state).toBe("well");
    const collapsed = run(once, 0, 3);
    expect(collapsed.status).toMatchObject({ state: "collapsed", collapsedAtMs: 3, recallRatio: 0 });
    expect(run(collapsed, 1, 4).status).toMatchObject({
      state: "collapsed",
      collapsedAtMs: 3,
      checkedAtMs: 4,
    });
  });

  it("is good again with the first good run, and remembers what was", () => {
    const well = run(run(run(START, 0, 1), 0, 2), 10, 3);
    expect(well.status).toMatchObject({ state: "well", collapsedAtMs: 2, recoveredAtMs: 3 });
    const again = run(run(well, 0, 4), 0, 5);
    expect(again.status).toMatchObject({ state: "collapsed", collapsedAtMs: 5 });
    expect(again.status.recoveredAtMs).toBeUndefined();
  });

  it("does not mend by a restart, and forgets what was measured", () => {
    const collapsed = run(run(START, 0, 1), 0, 2);
    expect(beforeRuns(collapsed.status).status).toEqual({ state: "collapsed", collapsedAtMs: 2 });
    const well = run(collapsed, 10, 3);
    expect(beforeRuns(well.status).status).toEqual({ state: "waiting", collapsedAtMs: 2, recoveredAtMs: 3 });
  });
});
