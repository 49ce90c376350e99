import { describe, expect, it } from "vitest";
import type { LabelledScore } from "../../store/feedback.ts";
import { POINTS_MAX, proposeThreshold } from "./propose.ts";

const labels = (count: number, isTrueAnomaly: boolean, score: (i: number) => number): LabelledScore[] =>
  Array.from({ length: count }, (_, i) => ({
    anomalyId: `${isTrueAnomaly}${i}`,
    score: score(i),
    isTrueAnomaly,
  }));

describe("a proposal", () => {
  it.each([
    [0, 0],
    [9, 1_000],
    [1_000, 49],
  ])("says what is missing at %d true anomalies and %d false alarms", (positives, negatives) => {
    const proposal = proposeThreshold([
      ...labels(positives, true, () => 0.9),
      ...labels(negatives, false, () => 0.1),
    ]);
    expect(proposal).toMatchObject({
      auc: null,
      value: null,
      youdensJ: null,
      points: [],
      message: `Too little feedback: ${positives} of 10 true anomalies and ${negatives} of 50 false alarms.`,
    });
  });

  it("says so where the scores do not tell them apart", () => {
    const proposal = proposeThreshold([...labels(10, true, () => 0.9), ...labels(50, false, () => 0.9)]);
    expect(proposal).toMatchObject({ value: null, youdensJ: 0, points: [{ threshold: 0.9 }] });
    expect(proposal.message).toContain("no threshold");
  });

  it("is made from 10 true anomalies and 50 false alarms on", () => {
    const proposal = proposeThreshold([...labels(10, true, () => 0.95), ...labels(50, false, () => 0.86)]);
    expect(proposal).toMatchObject({ value: 0.95, youdensJ: 1 });
    expect(proposal.points.map(({ threshold }) => threshold)).toEqual([0.95, 0.86]);
  });

  it("leaves out points of a long curve, never the proposed one or the ends", () => {
    const proposal = proposeThreshold([
      ...labels(3_000, true, (i) => 0.5 + i / 6_001),
      ...labels(3_000, false, (i) => i / 6_001),
    ]);
    const thresholds = proposal.points.map(({ threshold }) => threshold);
    expect(thresholds.length).toBeLessThanOrEqual(POINTS_MAX + 2);
    expect(thresholds).toContain(proposal.value);
    expect([thresholds[0], thresholds.at(-1)]).toEqual([0.5 + 2_999 / 6_001, 0]);
  });
});
