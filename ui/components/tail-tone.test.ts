import { expect, test } from "vitest";
import { tailTone } from "./tail-tone.ts";

test.each([
  [{ score: null, isAnomaly: false }, "unscored"],
  [{ score: 0, isAnomaly: false }, "usual"],
  [{ score: 0.43, isAnomaly: false }, "usual"],
  [{ score: 0.44, isAnomaly: false }, "uncommon"],
  [{ score: 0.68, isAnomaly: false }, "uncommon"],
  [{ score: 0.69, isAnomaly: false }, "rare"],
  [{ score: 0.99, isAnomaly: false }, "rare"],
  [{ score: 0.5, isAnomaly: true }, "anomaly"],
] as const)("%o is %s", (record, tone) => {
  expect(tailTone(record)).toBe(tone);
});
