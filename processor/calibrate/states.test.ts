import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  closedSession,
  freshWindow,
  type PlacedEvidence,
  said,
} from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge, type ServiceJudge } from "./create-judge.ts";
import type { Verdict } from "./verdict.ts";

/** Small, so that samples are thinned out and services forgotten. */
const config = calibrateConfig.parse({ learning_records: 50, reservoir_size: 128, max_services: 2 });
const newJudge = () => createJudge(config, { modelVersion: () => "in use", now: () => 0 });

const DETECTORS = ["event-model", "new-template", "count-vector"] as const;

interface Request {
  readonly windows: readonly SequenceWindow[];
  readonly evidence: readonly PlacedEvidence[];
}

const surprises = fc.array(
  fc.record({
    detector: fc.constantFrom(...DETECTORS),
    surprise: fc.oneof(
      { weight: 3, arbitrary: fc.double({ min: 0, max: 4, noNaN: true }) },
      fc.double({ min: 0, max: 60, noNaN: true }),
      fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, 1e300),
    ),
    model: fc.option(fc.constantFrom("in use", "before"), { nil: undefined }),
  }),
  { maxLength: 5 },
);
const template = fc.constantFrom("open", "read", "write", "close");
/** Most is of one, so that its samples grow large. */
const service = fc.constantFrom("shop", "shop", "shop", "shop", "bank", "post");
/** A window with one event or one end to judge, what is said of it, and when it was. */
const judged = fc
  .tuple(service, template, fc.boolean(), surprises, fc.integer({ min: -1e13, max: 1e13 }))
  .map(([of, name, isEnd, said, timeMs]): Request => {
    const window = isEnd ? closedSession({ [name]: 1 }, of) : freshWindow([{ template: name, timeMs }], of);
    const event = isEnd ? window.events.length : 0;
    const evidence = said.map(({ detector, surprise, model }): PlacedEvidence => {
      const one = { detector, surprise, window: 0, event, expected: [] };
      return model === undefined ? one : { ...one, model };
    });
    return { windows: [window], evidence };
  });
const requests = (maxLength: number) => fc.array(judged, { maxLength, size: "max" });

function teach(judge: ServiceJudge, lessons: readonly Request[]): void {
  for (const { windows, evidence } of lessons) judge.learn(judge.judge(...said(windows, evidence)));
}

function restarted(judge: ServiceJudge): ServiceJudge {
  const again = newJudge();
  again.restore(JSON.parse(JSON.stringify(judge.snapshot())));
  return again;
}

const verdictsOf = (judge: ServiceJudge, asked: readonly Request[]): readonly Verdict[] =>
  asked.flatMap(({ windows, evidence }) =>
    judge
      .judge(...said(windows, evidence))
      .map(({ verdict: { score, pValue, strength, threshold, isAnomaly, modelVersion, contributions } }) => ({
        ...{ score, pValue, strength, threshold, isAnomaly, modelVersion, contributions },
      })),
  );

describe("the state of the judge", () => {
  it("gives the same verdicts after a restart, and the same again after more lessons", () => {
    fc.assert(
      fc.property(requests(1_500), requests(300), requests(20), (before, after, asked) => {
        const judge = newJudge();
        teach(judge, before);
        const again = restarted(judge);
        expect(verdictsOf(again, asked)).toEqual(verdictsOf(judge, asked));
        for (const one of [judge, again]) teach(one, after);
        expect(verdictsOf(again, asked)).toEqual(verdictsOf(judge, asked));
        expect(again.services()).toEqual(judge.services());
      }),
      { numRuns: 30 },
    );
  });

  it("gives probabilities and no others, whatever detectors say", () => {
    fc.assert(
      fc.property(requests(200), requests(50), (before, asked) => {
        const judge = newJudge();
        teach(judge, before);
        for (const { pValue, score, strength } of verdictsOf(judge, asked)) {
          expect(pValue).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeLessThanOrEqual(1);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(strength).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 30 },
    );
  });
});
