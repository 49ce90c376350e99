import { expect, test } from "vitest";
import { sparkBars, sparkSummary } from "./sparkline.ts";

const bucket = (records: number, anomalies = 0) => ({ records, anomalies });

test("a service that sent nothing is flat, and says so", () => {
  expect(sparkBars([])).toEqual([]);
  expect(sparkBars([bucket(0)])).toEqual([{ height: 0, isOdd: false }]);
  expect(sparkSummary([bucket(0)])).toBe("Last 24 h: nothing");
});

test("the busiest hour is the highest, and hours with anomalies are set apart", () => {
  expect(sparkBars([bucket(50), bucket(200, 2), bucket(0)])).toEqual([
    { height: 0.25, isOdd: false },
    { height: 1, isOdd: true },
    { height: 0, isOdd: false },
  ]);
});

test("the summary counts records, anomalies and their hours", () => {
  expect(sparkSummary([bucket(12_000), bucket(345)])).toBe("Last 24 h: 12,345 records, no anomalies");
  expect(sparkSummary([bucket(5, 2), bucket(5, 1), bucket(5)])).toBe(
    "Last 24 h: 15 records, 3 anomalies in 2 hours",
  );
});
