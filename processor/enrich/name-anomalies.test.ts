import { describe, expect, it } from "vitest";
import type { Finding } from "../calibrate/verdict.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { nameAnomalies } from "./name-anomalies.ts";

const finding = (isAnomaly: boolean, recordIndex: number): Finding => ({
  recordIndex,
  event: 0,
  window: {
    service: "shop",
    stream: "s",
    events: [],
    freshFrom: 0,
    freshRecords: [],
    isStart: false,
    isClosed: false,
    session: createSessionTally(),
  },
  verdict: {
    score: 0.5,
    pValue: 0.1,
    strength: 0,
    threshold: 0.5,
    isAnomaly,
    modelVersion: "m",
    contributions: [],
  },
});

describe("findings", () => {
  it("that are anomalies get an id and an explanation, once each and in order", () => {
    const findings = [finding(false, 0), finding(true, 1), finding(false, 2), finding(true, 3)];
    const explained: Finding[] = [];
    let ids = 0;
    const named = nameAnomalies(
      findings,
      (one) => {
        explained.push(one);
        const summary = `record ${one.recordIndex}`;
        return { summary, source: "MODEL", expected: [], detectors: [], tokens: [] };
      },
      () => {
        ids += 1;
        return `id ${ids}`;
      },
    );
    expect(named.map(({ id, explanation }) => [id, explanation.summary])).toEqual([
      ["id 1", "record 1"],
      ["id 2", "record 3"],
    ]);
    expect(explained).toEqual([findings[1], findings[3]]);
    expect(ids).toBe(2);
  });
});
