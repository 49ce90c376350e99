import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlacedEvidence, said } from "../../test/helpers/detector-windows.ts";
import { aJudge, label, type Surprises } from "../../test/helpers/judge-with-a-past.ts";
import type { Session } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { calibrateConfig } from "./config.ts";
import { createProbabilityJudge } from "./probability-judge.ts";
import type { Finding } from "./verdict.ts";

const CONFIG = calibrateConfig.parse({});
const ODD: Surprises = { ngram: 16, "event-model": 12, rate: 0, "new-template": 0 };
const BURST: Surprises = { ngram: 0, "event-model": 0, rate: 16, "new-template": 0 };
const NEW: Surprises = { "new-template": 13, ngram: 9 };

/** So odd in its order, and in nothing else. */
const orderedBy = (ngram: number): Surprises => ({ ngram, "new-template": 0 });
const isFlagged = ({ verdict }: Finding) => verdict.isAnomaly;

describe("a message that was called expected", () => {
  it("is far below the threshold when it comes again, and flagged again when the word is taken back", () => {
    const { judge, find } = aJudge();
    const first = find(ODD);
    expect(isFlagged(first)).toBe(true);
    judge.applyFeedback([label(first, false)]);
    const { verdict } = find(ODD);
    expect(verdict.isAnomaly).toBe(false);
    expect(verdict.score).toBeLessThan(0.2);
    expect(verdict.contributions.find(({ detector }) => detector === "ngram")?.pValue).toBe(0.5);
    judge.applyFeedback([]);
    expect(find(ODD).verdict.score).toBe(first.verdict.score);
  });

  it("is quiet whichever detector speaks, but its bursts are not, nor does a burst quiet the message", () => {
    const { judge, find } = aJudge();
    const [odd, burst] = [find(ODD), find(BURST)];
    judge.applyFeedback([label(odd, false)]);
    expect(isFlagged(find({ gap: 16, parameter: 3 }))).toBe(false);
    expect(isFlagged(find(BURST))).toBe(true);
    const both = find({ ...ODD, rate: 16 });
    expect(isFlagged(both)).toBe(true);
    expect(both.verdict.contributions[0]?.detector).toBe("rate");
    judge.applyFeedback([label(burst, false)]);
    expect(isFlagged(find(BURST))).toBe(false);
    expect(isFlagged(find(ODD))).toBe(true);
    judge.applyFeedback([label(burst, false), label(odd, false)]);
    expect(isFlagged(find({ ...ODD, rate: 16 }))).toBe(false);
  });

  it("leaves other templates, other services and ends of sessions to the last bit as they were", () => {
    const { judge, find } = aJudge();
    const elsewhere = [{ template: "t2" }, { service: "cart" }, { isEnd: true }];
    const figures = ({ verdict: { pValue, strength, score, contributions } }: Finding) => [
      [pValue, strength, score],
      contributions.map((one) => one.pValue),
    ];
    const before = elsewhere.map((where) => figures(find(ODD, where)));
    judge.applyFeedback([label(find(ODD), false)]);
    for (const [at, where] of elsewhere.entries()) expect(figures(find(ODD, where))).toEqual(before[at]);
  });

  it("stays quiet when it was new and no longer is, while another new message is flagged", () => {
    const { judge, find } = aJudge();
    judge.applyFeedback([label(find(NEW, { template: "new" }), false)]);
    expect(isFlagged(find(NEW, { template: "new" }))).toBe(false);
    expect(isFlagged(find({ ngram: 16, "new-template": 0 }, { template: "new" }))).toBe(false);
    expect(isFlagged(find(NEW, { template: "another" }))).toBe(true);
  });

  it("is flagged again when it is very much odder, and the odder, the higher its score", () => {
    const { judge, find } = aJudge();
    judge.applyFeedback([label(find({ ngram: 12, "new-template": 0 }), false)]);
    const scores = [12, 13, 20, 24, 60].map((ngram) => find({ ngram, "new-template": 0 }).verdict.score);
    expect(scores.toSorted((a, b) => a - b)).toEqual(scores);
    expect(isFlagged(find({ ngram: 60, "new-template": 0 }))).toBe(true);
  });

  it("that comes odder is quiet after one more word, and what is odder still is not", () => {
    const { judge, find } = aJudge();
    const factor = fc.double({ min: 2, max: 4, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 12, max: 40, noNaN: true }), factor, (mild, times) => {
        judge.applyFeedback([]);
        const first = label(find(orderedBy(mild)), false);
        judge.applyFeedback([first]);
        const odder = find(orderedBy(mild * times));
        expect(isFlagged(odder)).toBe(true);
        judge.applyFeedback([label(odder, false), first]);
        expect(find(orderedBy(mild * times)).verdict.score).toBeLessThan(0.1);
        expect(isFlagged(find(orderedBy(mild * times * 3)))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("and comes in a burst is told as the burst, also by whoever answers, and quiet after a word on either", () => {
    const { judge, find } = aJudge();
    fc.assert(
      fc.property(fc.integer({ min: 14, max: 60 }), fc.integer({ min: 14, max: 60 }), (ngram, rate) => {
        const words = [label(find(ODD), false)];
        for (let more = 0; more < 2; more += 1) {
          judge.applyFeedback(words);
          words.unshift(label(find({ ...ODD, ngram, rate }), false));
        }
        judge.applyFeedback(words);
        expect(isFlagged(find({ ...ODD, ngram, rate }))).toBe(false);
        judge.applyFeedback([]);
      }),
      { numRuns: 50 },
    );
    judge.applyFeedback([label(find(ODD), false)]);
    const burst = find({ ...ODD, rate: 14 });
    expect(isFlagged(burst)).toBe(true);
    judge.applyFeedback([label(burst, false), label(find(ODD), false)]);
    expect([BURST, ODD, { ...ODD, rate: 14 }].filter((one) => isFlagged(find(one)))).toEqual([]);
    judge.applyFeedback([label(burst, true), label(find(ODD), false)]);
    expect([ODD, BURST].map((one) => isFlagged(find(one)))).toEqual([false, true]);
  });

  it("names what was odder itself first among what people's words make equal", () => {
    const { judge, find } = aJudge();
    judge.applyFeedback([label(find(ODD), false)]);
    for (const surprises of [
      { "event-model": 90, ngram: 60 },
      { "event-model": 30, ngram: 32 },
    ]) {
      const [first, second] = find(surprises).verdict.contributions;
      expect(first?.detector).toBe(surprises.ngram === 32 ? "ngram" : "event-model");
      expect(first?.pValue).toBe(second?.pValue);
    }
  });

  it("is flagged again from the first word on that it was a true one", () => {
    const { judge, find } = aJudge();
    const odd = find(ODD);
    judge.applyFeedback([label(odd, true), label(odd, false), label(odd, false)]);
    expect(find(ODD).verdict.score).toBe(odd.verdict.score);
  });

  it("does not make the oddness of others common, as it would if it were learned from", () => {
    /** How odd another template is after twenty of these. @param settings of the judge */
    const aftermath = (isExpected: boolean, settings: object = {}) => {
      const { judge, find } = aJudge(settings);
      if (isExpected) judge.applyFeedback([label(find(ODD), false)]);
      const odd = Array.from({ length: 20 }, () => find(ODD));
      for (const finding of odd) judge.learn([finding]);
      return { flagged: odd.filter(isFlagged).length, pValue: find(ODD, { template: "t2" }).verdict.pValue };
    };
    const quiet = aftermath(true);
    const loud = aftermath(false);
    // Nothing is flagged from 1 on, and what is not flagged is a sample of the normal.
    const learned = aftermath(false, { anomaly_threshold: 1 });
    expect([quiet.flagged, loud.flagged, learned.flagged]).toEqual([0, 20, 0]);
    expect(quiet.pValue).toBeLessThan(learned.pValue / 10);
    expect(quiet.pValue).toBeCloseTo(loud.pValue, 6);
  });

  it("is not told at the end of its session, either", () => {
    const { judge, find } = aJudge();
    const end = (session: Session) => find({ length: 0.1 }, { template: "t2", isEnd: true, session });
    judge.applyFeedback([label(find(ODD), false)]);
    const session = createSessionTally();
    judge.learn([find(ODD, { session })]);
    expect(end(session).verdict.contributions.map(({ detector }) => detector)).not.toContain("ngram");
  });
});

describe("the end of a session that was called expected", () => {
  it("is quiet, and one that is very much odder is not until it is called expected, too", () => {
    const { judge, find } = aJudge();
    const odd = { "count-vector": 30, length: 2 };
    const first = find(odd, { isEnd: true });
    expect(isFlagged(first)).toBe(true);
    judge.applyFeedback([label(first, false)]);
    expect(find(odd, { isEnd: true }).verdict.pValue).toBe(0.5);
    expect(find(odd, { isEnd: true, template: "t2" }).verdict.score).toBe(first.verdict.score);
    const odder = { "count-vector": 1e6, length: 1e3 };
    const second = find(odder, { isEnd: true });
    expect(isFlagged(second)).toBe(true);
    judge.applyFeedback([label(second, false), label(first, false)]);
    expect(isFlagged(find(odder, { isEnd: true }))).toBe(false);
  });
});

describe("a silence that was called expected", () => {
  const SILENT = { rate: 40 };
  // The first silences of a service are no rarer than one in a thousand.
  const LISTENING = { anomaly_threshold: 0.8 };

  it("of one template is quiet, and neither that of another one nor everything's is", () => {
    const { judge, find } = aJudge(LISTENING, false);
    const pay = find(SILENT, { template: "t1", missing: "template" });
    expect(isFlagged(pay)).toBe(true);
    judge.applyFeedback([label(pay, false)]);
    expect(isFlagged(find(SILENT, { template: "t1", missing: "template" }))).toBe(false);
    expect(isFlagged(find(SILENT, { template: "t2", missing: "template" }))).toBe(true);
    expect(isFlagged(find(SILENT, { template: "t1", missing: "service" }))).toBe(true);
    expect(isFlagged(find(SILENT, { template: "t1", isEnd: true }))).toBe(true);
  });

  it("of the whole service is quiet whatever came last, and that of a template is not", () => {
    const { judge, find } = aJudge(LISTENING, false);
    judge.applyFeedback([label(find(SILENT, { template: "t1", missing: "service" }), false)]);
    expect(isFlagged(find(SILENT, { template: "t2", missing: "service" }))).toBe(false);
    expect(isFlagged(find(SILENT, { template: "t2", missing: "service", service: "cart" }))).toBe(true);
    expect(isFlagged(find(SILENT, { template: "t1", missing: "template" }))).toBe(true);
  });

  it("of all services is quiet, and that of the one it was told of is not", () => {
    const { judge, find } = aJudge(LISTENING, false);
    judge.applyFeedback([label(find(SILENT, { template: "t1", missing: "everything" }), false)]);
    expect(isFlagged(find(SILENT, { template: "t2", missing: "everything" }))).toBe(false);
    expect(isFlagged(find(SILENT, { template: "t1", missing: "service" }))).toBe(true);
    expect(isFlagged(find(SILENT, { template: "t1", missing: "template" }))).toBe(true);
  });
});

describe("a verdict with feedback", () => {
  const { judge, find } = aJudge();
  // A detector that begins to speak shares the verdict with the others: how far is not what this is about.
  const surprise = fc.double({ min: 0.1, max: 40, noNaN: true });
  const event = fc.record({ ngram: surprise, "event-model": surprise, rate: surprise });

  it("rises with every surprise, and is never odder than without feedback", () => {
    const words = [label(find({ ngram: 14 }), false), label(find({ rate: 14 }), false)];
    fc.assert(
      fc.property(event, fc.constantFrom("ngram", "event-model", "rate"), surprise, (base, which, more) => {
        const odder = { ...base, [which]: base[which] + more };
        judge.applyFeedback([]);
        const plain = find(base).verdict.pValue;
        for (const [first, second] of [
          [words[0], words[1]],
          [words[0], undefined],
          [undefined, words[1]],
        ]) {
          judge.applyFeedback([first, second].filter((one) => one !== undefined));
          const { pValue } = find(base).verdict;
          expect(pValue).toBeGreaterThanOrEqual(plain);
          expect(find(odder).verdict.pValue).toBeLessThanOrEqual(pValue);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("hears detectors as their weights say, in every service", () => {
    const right = label(find({ ngram: 14, rate: 0.5 }), true);
    const wrong = label(find({ ngram: 0.5, rate: 14 }, { template: "t9" }), false);
    const told = { ngram: 5, rate: 8 };
    judge.applyFeedback([]);
    const before = find(told, { service: "cart" }).verdict.strength;
    judge.applyFeedback([...Array(20).fill(right), ...Array(20).fill(wrong)]);
    expect(judge.feedback()).toMatchObject({ labels: 40, detectorWeights: [{}, {}] });
    expect(find(told, { service: "cart" }).verdict.strength).toBeLessThan(before);
    judge.applyFeedback([]);
    expect(judge.feedback()).toMatchObject({ labels: 0, detectorWeights: [] });
  });

  it("hears what adds up over many events as its weight says", () => {
    const right = label(find({ ngram: 14, "order-change": 0.5 }), true);
    const wrong = label(find({ ngram: 0.5, "order-change": 14 }, { template: "t9" }), false);
    const told = { ngram: 5, "order-change": 8 };
    // Nothing of its own past holds it.
    const unknown = { service: "cart", template: "t77" };
    judge.applyFeedback([]);
    const before = find(told, unknown).verdict.pValue;
    judge.applyFeedback([...Array(20).fill(right), ...Array(20).fill(wrong)]);
    expect(find(told, unknown).verdict.pValue).toBeGreaterThan(before);
  });
});

describe("a classifier's verdict on what was called expected", () => {
  it("is held down, whatever its probability, and only there", () => {
    const { judge, find } = aJudge();
    const classifier = createProbabilityJudge(judge, CONFIG);
    const sure = (template: string) => {
      const window = find(ODD, { template }).window;
      const evidence: PlacedEvidence = {
        detector: "pretrained-model",
        window: 0,
        event: 0,
        surprise: 5,
        expected: [],
        probability: 0.99,
      };
      const [finding] = classifier.judge(
        ...said([window], [evidence, { detector: "rate", window: 0, event: 0, surprise: 9, expected: [] }]),
      );
      if (finding === undefined) throw new Error("nothing was said");
      return finding;
    };
    const first = sure("t1");
    expect([first.verdict.score, isFlagged(first)]).toEqual([0.99, true]);
    classifier.applyFeedback([label(first, false)]);
    expect(sure("t1").verdict).toMatchObject({ score: 1 - 0.5 ** 0.25, isAnomaly: false });
    expect(sure("t2").verdict).toMatchObject({ score: 0.99, isAnomaly: true });
    classifier.applyFeedback([]);
    expect(sure("t1").verdict.score).toBe(0.99);
  });
});
