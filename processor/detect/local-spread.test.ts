import { describe, expect, it } from "vitest";
import { localSpread } from "./local-spread.ts";
import { createRecentVectors } from "./recent-vectors.ts";
import { sparseCounts } from "./sparse-counts.ts";

/** Sessions of the first `common` templates, once each, and of one more that each has for itself. */
function sessions(count: number, common: number) {
  const shared = Array.from({ length: common }, (_, template): [number, number] => [template, 1]);
  const all = Array.from({ length: count }, (_, own) => sparseCounts([...shared, [common + own, 1]]));
  return createRecentVectors(count, all).packed();
}

describe("how much counts vary between sessions that are alike", () => {
  it("is nothing for what never varies, and something for what one session has for itself", () => {
    const spread = localSpread(sessions(20, 5), 25);
    expect([...spread.slice(0, 5)]).toEqual([0, 0, 0, 0, 0]);
    for (const own of spread.slice(5)) expect(own).toBeGreaterThan(0);
  });

  it("is not taken for nothing where of many long sessions only some were looked at", () => {
    const spread = localSpread(sessions(512, 200), 712);
    expect(Math.max(...spread.slice(0, 200))).toBe(0);
    expect(Math.min(...spread.slice(200))).toBeGreaterThan(0);
  });
});
