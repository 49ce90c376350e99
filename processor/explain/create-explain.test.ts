import { describe, expect, it } from "vitest";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { DetectorName, Expectation } from "../detect/detector.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import { createExplain } from "./create-explain.ts";

const event = (template: string): LogEvent => ({
  match: { templateId: template, template, parameters: ["a secret"], isNew: false },
  timeMs: 1,
  gapMs: 0,
  severityNumber: 9,
});

function finding(
  at: number,
  contributions: readonly (readonly [
    detector: DetectorName,
    pValue: number,
    expected: readonly Expectation[],
  ])[],
): Finding {
  return {
    recordIndex: 0,
    event: at,
    window: {
      service: "shop",
      stream: "s",
      events: [event("cart loaded"), event("mail to bob@example.com")],
      freshFrom: 1,
      freshRecords: [0],
      isStart: false,
      isClosed: true,
    },
    verdict: {
      score: 0.9,
      pValue: 1e-4,
      threshold: 0.85,
      isAnomaly: true,
      modelVersion: "m",
      contributions: contributions.map(
        ([detector, pValue, expected]): Contribution => ({
          detector,
          pValue,
          evidence: { detector, window: 0, event: at, surprise: 1, expected },
        }),
      ),
    },
  };
}

describe("an explanation", () => {
  const explain = createExplain({ redact: (text) => text.replace("bob@example.com", "<EMAIL>") });
  const expected = [{ template: "cart paid", probability: 0.9 }];

  it("names the event, what came before it, and what was expected, redacted", () => {
    const { summary, expected: shown } = explain(finding(1, [["event-model", 1e-4, expected]]));
    expect(summary).toBe('Unexpected "mail to <EMAIL>" after "cart loaded"; expected "cart paid" (90 %).');
    expect(shown).toEqual(expected);
  });

  it("says first that a message is new, where that is what counts most", () => {
    const { summary } = explain(
      finding(1, [
        ["new-template", 1e-6, []],
        ["ngram", 1e-2, expected],
      ]),
    );
    expect(summary).toBe('First time that shop logs "mail to <EMAIL>"; expected "cart paid" (90 %).');
  });

  it("says that a session ended", () => {
    const { summary } = explain(finding(2, [["ngram", 1e-4, expected]]));
    expect(summary).toBe('The sequence ended after "mail to <EMAIL>"; expected "cart paid" (90 %).');
  });

  it("shares the verdict out over the detectors", () => {
    const { detectors } = explain(
      finding(1, [
        ["event-model", 1e-3, []],
        ["ngram", 1e-1, []],
      ]),
    );
    expect(detectors.map(({ share }) => share)).toEqual([expect.closeTo(0.75), expect.closeTo(0.25)]);
  });

  it("says what a classifier says, and which words counted most", () => {
    const one = finding(1, [["pretrained-model", 0.3, []]]);
    const evidence = {
      detector: "pretrained-model" as const,
      window: 0,
      event: 1,
      surprise: 3,
      expected: [],
      probability: 0.97,
      tokens: [
        { token: "mail", importance: 0.7, start: 0, end: 4 },
        { token: "to", importance: 0.1, start: 5, end: 7 },
        { token: ":", importance: 0.2, start: 7, end: 8 },
      ],
    };
    const verdict = {
      ...one.verdict,
      contributions: [{ detector: evidence.detector, pValue: 0.3, evidence }],
    };
    const { summary, tokens } = explain({ ...one, verdict });
    expect(summary).toBe(
      'Classified as an anomaly (97 %): "mail to <EMAIL>" after "cart loaded"; what counts most: "mail", "to".',
    );
    expect(tokens).toEqual(evidence.tokens);
  });

  it("never holds a raw parameter", () => {
    expect(JSON.stringify(explain(finding(1, [["event-model", 1e-4, expected]])))).not.toContain("secret");
  });
});
