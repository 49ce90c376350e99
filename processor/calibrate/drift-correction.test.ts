import { describe, expect, it } from "vitest";
import { createDriftCorrection } from "./drift-correction.ts";

/** As many p-values as told, evenly spread, of which `share` are below 0.01. */
function feed(correction: ReturnType<typeof createDriftCorrection>, verdicts: number, share: number): void {
  const every = Math.round(1 / share);
  for (let i = 0; i < verdicts; i++) correction.count(correction.correct(i % every === 0 ? 0.005 : 0.5));
}

describe("the correction for drift", () => {
  it("leaves p-values alone while the promise is kept", () => {
    const correction = createDriftCorrection();
    feed(correction, 30_000, 0.01);
    expect(correction.correct(1e-5)).toBe(1e-5);
  });

  it("raises p-values while five times as many events as promised look odd, and takes it back afterwards", () => {
    const correction = createDriftCorrection();
    feed(correction, 60_000, 0.05);
    const raised = correction.correct(1e-5);
    expect(raised).toBeGreaterThan(2.5e-5);
    feed(correction, 100_000, 0.01);
    expect(correction.correct(1e-5)).toBeLessThan(raised / 2);
  });

  it("never claims more than certainty, and is bounded", () => {
    const correction = createDriftCorrection();
    feed(correction, 60_000, 1);
    expect(correction.correct(0.5)).toBe(1);
    expect(correction.correct(1e-6)).toBeLessThanOrEqual(1.01e-5);
  });

  it("goes on after a restart where it was", () => {
    const correction = createDriftCorrection();
    feed(correction, 60_000, 0.05);
    const restored = createDriftCorrection(correction.snapshot());
    expect(restored.correct(1e-5)).toBe(correction.correct(1e-5));
  });
});
