import { describe, expect, it } from "vitest";
import { createUsualRecall, type TriedService } from "./usual-recall.ts";

const tried = (found: number, service = "shop", odd = 10): TriedService => ({ service, odd, found });
const learnedFrom = (found: readonly number[], service = "shop") => {
  const usual = createUsualRecall("ideal");
  for (const one of found) usual.learn([tried(one, service)]);
  return usual;
};
const requiredAfter = (found: readonly number[]) => learnedFrom(found).required([tried(0)], 0.5);

describe("the recall that is required", () => {
  it("is a share of what was usual in a service", () => {
    const { recallRatio, recoveryRatio } = requiredAfter([7, 8, 9]);
    expect(recallRatio).toBeCloseTo(0.4);
    expect(recoveryRatio).toBeCloseTo(0.48);
  });

  it("is little against and much for a detector where the service is hardly known", () => {
    for (const found of [[], [10, 10], [5, 5]])
      expect(requiredAfter(found)).toEqual({ recallRatio: 0.25, recoveryRatio: 0.6 });
  });

  it("is never less than that, however little was found", () => {
    expect(requiredAfter(Array(100).fill(1)).recallRatio).toBe(0.25);
  });

  it("is more for the end of a collapse than chance finds, however little was found", () => {
    expect(requiredAfter(Array(100).fill(3)).recoveryRatio).toBeCloseTo(0.42);
  });

  it("is moved by no single run, and follows many", () => {
    const often = Array(100).fill(10);
    expect(requiredAfter([...often, 0]).recallRatio).toBeGreaterThan(0.48);
    expect(requiredAfter([...often, ...Array(200).fill(6)]).recallRatio).toBeLessThan(0.31);
  });

  it("is that of each service by as many as were odd in it", () => {
    const usual = learnedFrom([10, 10, 10]);
    const both = [tried(0, "shop", 30), tried(0, "new", 10)];
    expect(usual.required(both, 0.5).recallRatio).toBeCloseTo(0.5 * (0.75 * 1 + 0.25 * 0.5));
  });

  it("is all of it from the start where all is expected", () => {
    const usual = createUsualRecall("ideal");
    expect(usual.required([tried(0, "ideal")], 0.5)).toEqual({ recallRatio: 0.5, recoveryRatio: 0.6 });
    expect(usual.required([tried(0, "ideal")], 1)).toEqual({ recallRatio: 1, recoveryRatio: 1 });
  });

  it("is the same after a restart", () => {
    const usual = learnedFrom([7, 8, 9]);
    const restarted = createUsualRecall("ideal", usual.snapshot());
    expect(restarted.required([tried(0)], 0.5)).toEqual(usual.required([tried(0)], 0.5));
    for (const one of [usual, restarted]) one.learn([tried(2)]);
    expect(restarted.snapshot()).toEqual(usual.snapshot());
  });

  it("is kept of the 64 services that were tried last", () => {
    const usual = createUsualRecall("ideal");
    expect(usual.snapshot()).toBeUndefined();
    for (let at = 0; at < 100; at += 1) usual.learn([tried(10, "ideal"), tried(5, `s${at}`)]);
    const kept = usual.snapshot() ?? [];
    expect(kept.map(({ service }) => service)).toEqual(Array.from({ length: 64 }, (_, at) => `s${at + 36}`));
    const restarted = createUsualRecall("ideal", kept);
    restarted.learn([tried(5, "another")]);
    expect(restarted.snapshot()?.map(({ service }) => service)).not.toContain("s36");
  });

  it("is not learned from a service in which nothing was odd", () => {
    const usual = learnedFrom([10, 10, 10]);
    usual.learn([tried(0, "shop", 0)]);
    expect(usual.required([tried(0)], 0.5).recallRatio).toBe(0.5);
    expect(usual.required([tried(0, "shop", 0)], 0.5)).toEqual({ recallRatio: 0, recoveryRatio: 0 });
  });
});
