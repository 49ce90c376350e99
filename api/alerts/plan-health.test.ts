import { describe, expect, it } from "vitest";
import type { CanaryStatus } from "../../store/store.ts";
import { notice } from "./notice.ts";
import { healthMessage } from "./plan-health.ts";

const DAY_MS = 86_400_000;
const COLLAPSED: CanaryStatus = { state: "collapsed", recallRatio: 0.1, collapsedAtMs: 1_000 };
const WELL: CanaryStatus = { state: "well", recallRatio: 1, collapsedAtMs: 1_000, recoveredAtMs: 2_000 };

const told = (canary: CanaryStatus | undefined, nowMs = 3_000, lastKey?: string) => {
  const message = healthMessage(canary, lastKey, nowMs);
  return message && { key: message.key, ...notice.parse(JSON.parse(message.notice)) };
};

describe("what is told of the detector", () => {
  it("is nothing while it works, is not known or not tried", () => {
    for (const state of ["off", "waiting", "well"] as const) expect(told({ state })).toBeUndefined();
    expect(told(undefined)).toBeUndefined();
  });

  it("is that it does not work, under one key for as long as that lasts", () => {
    const message = {
      kind: "health",
      phase: "collapsed",
      atMs: 1_000,
      collapsedAtMs: 1_000,
      recallRatio: 0.1,
    };
    expect(told(COLLAPSED)).toEqual({ key: "detector-1000-collapsed", ...message });
    expect(told({ ...COLLAPSED, recallRatio: 0 }, 90 * DAY_MS)?.key).toBe("detector-1000-collapsed");
    expect(told({ ...COLLAPSED, collapsedAtMs: 5_000 })?.key).toBe("detector-5000-collapsed");
  });

  it("is that it works again, as long as that is news", () => {
    const message = { kind: "health", phase: "recovered", atMs: 2_000, collapsedAtMs: 1_000, recallRatio: 1 };
    expect(told(WELL)).toEqual({ key: "detector-1000-recovered", ...message });
    expect(told(WELL, 2_001 + DAY_MS)).toBeUndefined();
  });

  it("is that it works again, however late, where it was told that it does not", () => {
    expect(told(WELL, 90 * DAY_MS, "detector-1000-collapsed")?.key).toBe("detector-1000-recovered");
    expect(told(WELL, 90 * DAY_MS, "detector-500-collapsed")).toBeUndefined();
  });

  it("is that nobody tries it any more, where it was told that it does not work", () => {
    const off: CanaryStatus = { state: "off", collapsedAtMs: 1_000 };
    expect(told(off)).toBeUndefined();
    expect(told({ ...off, recoveredAtMs: 2_000 }, 3_000, "detector-1000-recovered")).toBeUndefined();
    const key = "detector-1000-untried-3000";
    const message = { key, kind: "health", phase: "untried", atMs: 3_000, collapsedAtMs: 1_000 };
    expect(told(off, 3_000, "detector-1000-collapsed")).toEqual(message);
    expect(told(off, 4_000, key)).toBeUndefined();
  });

  it("is what a trial shows after a time in which nobody tried, under a key of its own", () => {
    const untried = "detector-1000-untried-3000";
    expect(told({ state: "waiting", collapsedAtMs: 1_000 }, 4_000, untried)).toBeUndefined();
    expect(told(COLLAPSED, 4_000, untried)?.key).toBe("detector-1000-collapsed-4000");
    expect(told(COLLAPSED, 5_000, "detector-1000-collapsed-4000")).toBeUndefined();
    expect(told(WELL, 90 * DAY_MS, untried)).toMatchObject({ phase: "recovered" });
  });

  it("is nothing that was the last to be told", () => {
    expect(told(COLLAPSED, 3_000, "detector-1000-collapsed")).toBeUndefined();
    expect(told(WELL, 3_000, "detector-1000-recovered")).toBeUndefined();
  });
});
