import { describe, expect, it } from "vitest";
import { type PlacedEvidence, said } from "../../test/helpers/detector-windows.ts";
import { label } from "../../test/helpers/judge-with-a-past.ts";
import { releaseKey } from "../window/release.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge } from "./create-judge.ts";
import { createProbabilityJudge } from "./probability-judge.ts";

const event: LogEvent = {
  match: { templateId: "t", template: "t", parameters: [], isNew: false },
  timeMs: 1,
  gapMs: 0,
  severityNumber: 9,
};
const window: SequenceWindow = {
  service: "shop",
  stream: "",
  events: [event, event],
  freshFrom: 0,
  freshRecords: [0, 1],
  isStart: true,
  isClosed: false,
  session: { events: 2, counts: new Map(), startedMs: 1 },
};
const says = (at: number, probability: number): PlacedEvidence => ({
  detector: "pretrained-model",
  window: 0,
  event: at,
  surprise: -Math.log(1 - probability),
  expected: [],
  probability,
});
const ngram = (at: number): PlacedEvidence => ({
  detector: "ngram",
  window: 0,
  event: at,
  surprise: 9,
  expected: [],
});

function judge(settings: Record<string, unknown> = {}) {
  const config = calibrateConfig.parse(settings);
  return createProbabilityJudge(createJudge(config, { modelVersion: () => "m", now: () => 0 }), config);
}
const verdicts = (evidence: readonly PlacedEvidence[], settings?: Record<string, unknown>) =>
  judge(settings)
    .judge(...said([window], evidence))
    .map(({ event: at, verdict }) => [at, verdict.score, verdict.threshold, verdict.isAnomaly]);

describe("a classifier's judge", () => {
  it("gives its probability as the score, against 0.85", () => {
    expect(verdicts([says(0, 0.84), says(1, 0.85), ngram(0)])).toEqual([
      [0, 0.84, 0.85, false],
      [1, 0.85, 0.85, true],
    ]);
  });

  it("takes ANOMALY_THRESHOLD, and before it what is set for the service", () => {
    expect(verdicts([says(0, 0.6)], { anomaly_threshold: 0.5 })).toEqual([[0, 0.6, 0.5, true]]);
    const own = judge({ anomaly_threshold: 0.5 });
    own.applyThresholds(new Map([["shop", { mode: "manual", alertsPerDay: undefined, value: 0.7 }]]));
    const [finding] = own.judge(...said([window], [says(0, 0.6)]));
    expect(finding?.verdict).toMatchObject({ threshold: 0.7, isAnomaly: false });
    own.learn(finding === undefined ? [] : [finding]);
    expect(own.service("shop")?.threshold).toBe(0.7);
  });

  it("holds what a new release brings just below its threshold, and what people call expected of it far below", () => {
    const own = judge();
    const of = (version: string): SequenceWindow => {
      const release = { version, deployment: undefined, key: releaseKey(version, undefined) };
      return { ...window, events: [{ ...event, release }], freshRecords: [0] };
    };
    const isNew = { detector: "new-template", window: 0, event: 0, surprise: 5, expected: [] } as const;
    const first = own.judge(...said([of("1")], [says(0, 0.99), isNew]));
    expect(first[0]?.verdict.isAnomaly).toBe(true);
    own.learn(first);
    const [next] = own.judge(...said([of("2")], [says(0, 0.99), isNew]));
    expect(next?.verdict).toMatchObject({ threshold: 0.85, isAnomaly: false, news: { isHeld: true } });
    expect(next?.verdict.score).toBeGreaterThan(0.849);
    if (next === undefined) throw new Error("nothing was said");
    own.learn([next]);
    own.applyFeedback([label(next, false)]);
    const [expected] = own.judge(...said([of("2")], [says(0, 0.99)]));
    expect(expected?.verdict).toMatchObject({ isAnomaly: false, news: { isHeld: true } });
    expect(expected?.verdict.score).toBeLessThan(0.2);
  });

  it("leaves a record without a score that the classifier was not asked about", () => {
    expect(verdicts([ngram(0), says(1, 0.1)])).toEqual([[1, 0.1, 0.85, false]]);
  });

  it("lets the end of a session keep its calibrated verdict", () => {
    const [end] = judge().judge(...said([{ ...window, isClosed: true }], [ngram(2)]));
    expect(end?.verdict.score).toBe(1 - (end?.verdict.pValue ?? 0) ** 0.25);
  });

  it("promises no false-alarm rate, and keeps the p-values and the state", () => {
    const own = judge();
    const findings = own.judge(...said([window], [says(0, 0.99), ngram(0)]));
    expect(findings[0]?.verdict.contributions.map(({ detector }) => detector)).toEqual([
      "ngram",
      "pretrained-model",
    ]);
    own.learn(findings);
    expect(own.falseAlarmRates()).toEqual({ target: Number.NaN, observed: expect.any(Number) });
    const again = judge();
    again.restore(JSON.parse(JSON.stringify(own.snapshot())));
    expect(again.service("shop")?.recordsPerDay).toBe(own.service("shop")?.recordsPerDay);
  });
});
