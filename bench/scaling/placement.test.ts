import { expect, it } from "vitest";
import { kafkaMembers, largestLoads, loseOne, overloads, podRings, stagesNeeded } from "./placement.ts";
import { byInstance, sum, zipfExponent, zipfWeights } from "./stream-weights.ts";

const DRAWS = { seed: 7, rings: 3, names: 10 };

it("no placement spreads streams better than evenly, nor puts more on one stage than there is", () => {
  const loads = largestLoads(zipfWeights(50, 1), 4, podRings(4, DRAWS), DRAWS);
  expect(loads).toHaveLength(30);
  expect(loads[0]).toBeGreaterThanOrEqual(1);
  expect(loads.at(-1)).toBeLessThanOrEqual(4);
});

it("placements are the same for the same seed, and others for another", () => {
  const draw = (seed: number) => {
    const draws = { ...DRAWS, seed };
    return largestLoads(zipfWeights(50, 1), 4, podRings(4, draws), draws);
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

it("one stream is one stage's, however many there are", () => {
  const draws = largestLoads([1], 8, podRings(8, DRAWS), DRAWS);
  expect(new Set(draws)).toEqual(new Set([8]));
});

it("fewer partitions than members leave members without any", () => {
  const members = Array.from({ length: 1_000 }, (_, hash) => kafkaMembers(4, 6)(hash));
  expect(new Set(members)).toEqual(new Set([0, 1, 2, 3]));
});

it("the fuller stages are on the mean, the more of them are over their limit", () => {
  const shares = overloads(zipfWeights(100, 1), 4, podRings(4, DRAWS), DRAWS, [0.1, 0.6, 0.99]);
  expect(shares[0]).toEqual({ placements: 0, stages: 0 });
  expect(shares[1]?.stages).toBeLessThanOrEqual(shares[2]?.stages ?? 0);
  expect(shares[2]?.placements).toBe(1);
});

it("of two stages one inherits all that the other had; of many hardly a stream moves that need not", () => {
  expect(loseOne(zipfWeights(1_000, 0), 2, 1).largestHeir).toBe(1);
  const { moved, movedNeedlessly } = loseOne(zipfWeights(10_000, 0), 32, 1);
  expect(moved).toBeGreaterThan(0.5 / 32);
  expect(moved).toBeLessThan(2 / 32);
  expect(movedNeedlessly).toBeLessThan(0.001);
});

it("stages are enough in the wanted share of placements, and one stream that is too large has none", () => {
  expect(stagesNeeded([5, 5, 5], 20, 0.99, DRAWS)).toBe(1);
  const stages = stagesNeeded(zipfWeights(1_000, 0), 200, 0.9, DRAWS) ?? 0;
  expect(stages).toBeGreaterThan(5);
  const largest = largestLoads(zipfWeights(1_000, 0), stages, podRings(stages, DRAWS), DRAWS);
  expect(((largest[26] ?? 0) * 1_000) / stages).toBeLessThanOrEqual(200);
  expect(stagesNeeded([21, 1], 20, 0.99, DRAWS)).toBeUndefined();
});

it("a service is cut into instances of the same size, and loses nothing", () => {
  expect(byInstance([10, 3], 4)).toEqual([10 / 3, 10 / 3, 10 / 3, 3]);
  expect(sum(byInstance(zipfWeights(100, 1), 0.1))).toBeCloseTo(sum(zipfWeights(100, 1)));
});

it.each([0, 0.8, 1, 1.92])("the exponent of weights that follow Zipf's law is found: %d", (exponent) => {
  expect(zipfExponent(zipfWeights(200, exponent))).toBeCloseTo(exponent, 3);
});
