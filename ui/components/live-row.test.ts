import { expect, test } from "vitest";
import type { AnomalyRowData } from "./anomaly-row.ts";
import { anomalyFeedRow, withVerdictsOf } from "./live-row.ts";

const anomaly = (id: string, incidentId: string | undefined): AnomalyRowData => ({
  id,
  time: "2026-01-05T08:00:00.000Z",
  service: "shop",
  severity: null,
  score: 0.9,
  threshold: 0.8,
  template: "t",
  explanation: { summary: "s" },
  feedback: [],
  incident: incidentId === undefined ? null : { id: incidentId },
});
const word = (id: string, anomalyId: string) => ({
  id,
  anomalyId,
  isTrueAnomaly: true,
  createdAt: "2026-01-05T08:00:00.000Z",
});

test("a row has what stands of its own anomaly when its incident was judged", () => {
  const judged = { id: "i", feedback: [word("1", "a"), word("2", "b"), word("3", "a")] };
  const row = anomalyFeedRow(anomaly("a", "i"));
  const after = withVerdictsOf(judged, row);
  expect(after).toMatchObject({ kind: "anomaly", anomaly: { feedback: [{ id: "1" }, { id: "3" }] } });
  expect(withVerdictsOf({ id: "i", feedback: [] }, after)).toMatchObject({ anomaly: { feedback: [] } });
});

test("a row of another incident, or of none, stays the same object", () => {
  const judged = { id: "i", feedback: [word("1", "a")] };
  for (const incidentId of ["other", undefined]) {
    const row = anomalyFeedRow(anomaly("a", incidentId));
    expect(withVerdictsOf(judged, row)).toBe(row);
  }
});
