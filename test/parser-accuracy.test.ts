import { expect } from "vitest";
import { measureSystem, PUBLISHED_DRAIN } from "../bench/parser-accuracy.ts";
import { testData, testWith } from "./helpers/requirement.ts";

testWith(
  [testData()],
  "template mining groups as well as published Drain, over 12 systems",
  async ([data]) => {
    const results = Object.keys(PUBLISHED_DRAIN).map((system) => measureSystem(data ?? "", system));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(results.map(({ groupingAccuracy }) => groupingAccuracy))).toBeGreaterThanOrEqual(
      mean(Object.values(PUBLISHED_DRAIN)),
    );
  },
);
