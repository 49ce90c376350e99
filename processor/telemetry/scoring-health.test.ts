import { describe, expect, it } from "vitest";
import { createScoringHealth } from "./scoring-health.ts";

const NONE = new Map<string, number>();

function meter() {
  const clock = { ms: 1_000_000 };
  return { clock, health: createScoringHealth(() => clock.ms) };
}

describe("how judging goes", () => {
  it("is well while nothing has come", () => {
    expect(meter().health.now()).toEqual({ state: "scoring", unscoredRatio: 0, degradedRatio: 0 });
  });

  it("is told by the shares of the last minute, and by a state that comes back sooner", () => {
    const { clock, health } = meter();
    health.add(100, 50, new Map([["event-model", 30]]));
    expect(health.now()).toEqual({ state: "shedding", unscoredRatio: 0.5, degradedRatio: 0.3 });
    clock.ms += 11_000;
    health.add(100, 0, NONE);
    expect(health.now()).toEqual({ state: "scoring", unscoredRatio: 0.25, degradedRatio: 0.15 });
    clock.ms += 50_000;
    health.add(100, 0, NONE);
    expect(health.now()).toEqual({ state: "scoring", unscoredRatio: 0, degradedRatio: 0 });
  });

  it("counts a record once that was judged without two detectors", () => {
    const { health } = meter();
    const both = new Map([
      ["event-model", 10],
      ["new-template", 4],
    ]);
    health.add(100, 0, both);
    expect(health.now()).toMatchObject({ state: "degraded", degradedRatio: 0.1 });
  });

  it("is no state of its own for less than one record in a hundred", () => {
    const { health } = meter();
    health.add(1_000, 9, NONE);
    expect(health.now()).toMatchObject({ state: "scoring", unscoredRatio: 0.009 });
  });

  it("forgets, also when the clock is set back", () => {
    const { clock, health } = meter();
    health.add(100, 100, NONE);
    clock.ms -= 3_600_000;
    health.add(100, 0, NONE);
    expect(health.now().state).toBe("scoring");
  });
});
