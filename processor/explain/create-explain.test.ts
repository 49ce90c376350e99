import { describe, expect, it } from "vitest";
import type { Contribution, Finding, Place } from "../calibrate/verdict.ts";
import type { DetectorName, EvidenceDetail, Expectation } from "../detect/evidence.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";
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
    detail?: EvidenceDetail | undefined,
    place?: Place,
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
      session: createSessionTally(),
    },
    verdict: {
      score: 0.9,
      pValue: 1e-4,
      strength: 0,
      threshold: 0.85,
      isAnomaly: true,
      modelVersion: "m",
      contributions: contributions.map(
        ([detector, pValue, expected, detail, place]): Contribution => ({
          detector,
          pValue,
          ownPValue: pValue,
          evidence: { detector, surprise: 1, expected, ...(detail && { detail }) },
          place,
        }),
      ),
    },
  };
}

const SILENCE = {
  kind: "silence",
  silentMs: 90_000,
  usualMs: 5_000,
  sinceMs: Date.UTC(2026, 0, 5, 8, 31, 5),
  longestMs: 12_000,
} as const;

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
    expect(summary).toBe('New INFO message from shop: "mail to <EMAIL>"; expected "cart paid" (90 %).');
  });

  it("says that a session ended", () => {
    const { summary } = explain(finding(2, [["ngram", 1e-4, expected]]));
    expect(summary).toBe(
      '"cart paid" is missing: the session ended after "mail to <EMAIL>", where it was expected (90 %).',
    );
  });

  it("says of a session what was odd in it, where it was, instead of that it ended", () => {
    const place = { template: "mail to bob@example.com", after: "login" };
    const ofEnd = [{ template: "cart paid", probability: 0.5 }];
    const inOrder = explain(
      finding(2, [
        ["ngram", 1e-6, expected, undefined, place],
        ["event-model", 1e-4, ofEnd],
      ]),
    );
    expect(inOrder.summary).toBe('Unexpected "mail to <EMAIL>" after "login"; expected "cart paid" (90 %).');
    const detail = { kind: "gap", gapMs: 9_000, usualMs: 10, cases: 40 } as const;
    const inTime = explain(
      finding(2, [
        ["gap", 1e-6, [], detail, place],
        ["event-model", 1e-4, ofEnd],
      ]),
    );
    expect(inTime.summary).toBe('Slow step: "mail to <EMAIL>" came 9 s after "login"; usual is 10 ms.');
    expect(inTime.expected).toEqual([]);
  });

  it.each<readonly [at: number, detector: DetectorName, detail: EvidenceDetail, expected: string]>([
    [
      2,
      "count-vector",
      { kind: "count", template: "mail to bob@example.com", count: 3, usual: 1 },
      '"mail to <EMAIL>" came 3 times in this session; usual is 1.',
    ],
    [
      2,
      "length",
      { kind: "length", events: 2, usual: 20, usualMin: 18, usualMax: 22, sessions: 420 },
      "Short session: it had 2 events; usual is about 18 to 22.",
    ],
    [
      1,
      "rate",
      { kind: "rate", count: 40, usual: 2.3, spanMs: 10_000 },
      'Burst: "mail to <EMAIL>" came 40 times within 10 s; usual is 2.3.',
    ],
    [
      2,
      "rate",
      { ...SILENCE, template: "mail to bob@example.com" },
      'Silence: no "mail to <EMAIL>" for 1.5 min, since 08:31:05 UTC; usually it comes every 5 s.',
    ],
    [
      2,
      "rate",
      { ...SILENCE, template: undefined },
      "Silence: nothing from shop for 1.5 min, since 08:31:05 UTC; usually it writes every 5 s.",
    ],
    [
      1,
      "gap",
      { kind: "gap", gapMs: 9_000, usualMs: 10, cases: 40 },
      'Slow step: "mail to <EMAIL>" came 9 s after "cart loaded"; usual is 10 ms.',
    ],
    [
      1,
      "parameter",
      { kind: "parameter", slot: 0, oddity: "number", seen: 400, times: 40 },
      'Value 1 in "mail to <EMAIL>" is about 40 times its usual.',
    ],
  ])("says what exactly was odd, where the strongest detector tells: %#", (at, detector, detail, summary) => {
    const strongest = [detector, 1e-6, [], detail] as const;
    expect(explain(finding(at, [strongest, ["ngram", 1e-2, expected]])).summary).toBe(summary);
    const { summary: other } = explain(finding(at, [["ngram", 1e-6, expected], strongest]));
    expect(other).toContain("expected");
  });

  it("says that a message is missing where the order tells which", () => {
    const one = finding(1, [["event-model", 1e-4, expected]]);
    const order = { times: 0, of: 90, skipped: "ask bob@example.com" };
    const contributions = one.verdict.contributions.map((contribution) => ({
      ...contribution,
      evidence: { ...contribution.evidence, order },
    }));
    expect(explain({ ...one, verdict: { ...one.verdict, contributions } }).summary).toBe(
      '"ask <EMAIL>" is missing between "cart loaded" and "mail to <EMAIL>", where it usually comes.',
    );
  });

  it("says nothing of an end that only its detector without details has found odd, where another one can tell", () => {
    const count = { kind: "count", template: "cart paid", count: 0, usual: 1 } as const;
    const { summary } = explain(
      finding(2, [
        ["length", 1e-6, []],
        ["count-vector", 1e-3, [], count],
      ]),
    );
    expect(summary).toBe('"cart paid" is missing from this session; usually it comes once.');
  });

  it("is the same each time", () => {
    const one = finding(1, [["event-model", 1e-4, expected]]);
    expect(explain(one)).toEqual(explain(one));
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
      contributions: [{ detector: evidence.detector, pValue: 0.3, ownPValue: 0.3, evidence }],
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
