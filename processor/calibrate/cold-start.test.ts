import { describe, expect, it } from "vitest";
import type { Detector } from "../detect/detector.ts";
import { createNewTemplateDetector } from "../detect/new-template.ts";
import { createNgramDetector } from "../detect/ngram.ts";
import { placesOf } from "../detect/places.ts";
import { createVectorCache } from "../detect/vector-cache.ts";
import { windowConfig } from "../window/config.ts";
import { createWindower } from "../window/create-windower.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge } from "./create-judge.ts";
import type { Verdict } from "./verdict.ts";

const INFO = 9;
const WARN = 13;
const ERROR = 17;
const FATAL = 21;

/** Texts without a common meaning: each its own direction. */
function vectorOf(template: string): Float32Array {
  const vector = new Float32Array(256);
  let hash = 0;
  for (const character of template) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  vector[hash % 256] = 1;
  return vector;
}

/** The rooms from window to calibrate, with the detectors that need no model. */
function newService() {
  const windower = createWindower(windowConfig.parse({}), () => 0);
  const vectors = createVectorCache({
    dimensions: 256,
    encode: (texts) => Promise.resolve(texts.map(vectorOf)),
  });
  const detectors: readonly Detector[] = [createNewTemplateDetector(vectors), createNgramDetector()];
  const judge = createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 });
  let timeMs = 1_000_000_000_000;

  const feed = async (template: string, severityNumber = INFO): Promise<Verdict> => {
    timeMs += 100;
    const match = { templateId: template, template, parameters: [], isNew: false };
    const record: ParsedRecord = {
      recordIndex: 0,
      match,
      timeMs,
      severityNumber,
      service: "shop",
      stream: "",
    };
    const windows = windower.push([record]);
    const places = placesOf(windows);
    const opinions = await Promise.all(detectors.map((one) => one.score(places, AbortSignal.timeout(1_000))));
    const findings = judge.judge(places, opinions);
    for (const detector of detectors) detector.learn(windows);
    judge.learn(findings);
    const verdict = findings[0]?.verdict;
    if (verdict === undefined) throw new Error("no verdict");
    return verdict;
  };
  const feedUsual = async (records: number) => {
    const verdicts: Verdict[] = [];
    for (let i = 0; i < records; i++) verdicts.push(await feed(USUAL[i % USUAL.length] ?? ""));
    return verdicts;
  };
  return { feed, feedUsual, judge };
}

const USUAL = [
  "request <NUM> received",
  "cart <NUM> loaded",
  "price computed",
  "order <NUM> stored",
  "reply sent",
];

describe("a service that nobody has seen before", () => {
  it("does not alarm on ordinary novelty in its first 500 records", async () => {
    const { feed, feedUsual, judge } = newService();
    const verdicts: Verdict[] = [];
    for (let i = 0; i < 100; i++) {
      verdicts.push(await feed(`message number ${i}`, i % 3 === 0 ? WARN : INFO));
      verdicts.push(...(await feedUsual(4)));
    }
    expect(verdicts.filter(({ isAnomaly }) => isAnomaly)).toEqual([]);
    expect(judge.service("shop")?.state).toBe("ready");
  });

  it("is learning, at the starting threshold", async () => {
    const { feedUsual, judge } = newService();
    await feedUsual(100);
    expect(judge.service("shop")).toMatchObject({ state: "learning", threshold: 0.85 });
  });

  it.each([0, 1, 10, 100, 499, 2_000])(
    "scores an unknown FATAL message above 0.85 after %i records",
    async (records) => {
      const { feed, feedUsual } = newService();
      await feedUsual(records);
      const verdict = await feed("cannot allocate memory, giving up", FATAL);
      expect(verdict.score).toBeGreaterThan(0.85);
      expect(verdict.isAnomaly).toBe(true);
    },
  );

  it.each([300, 1_000, 5_000])("flags an unknown ERROR message after %i quiet records", async (records) => {
    const { feed, feedUsual } = newService();
    await feedUsual(records);
    const verdict = await feed("payment declined by <*>", ERROR);
    expect(verdict.score).toBeGreaterThan(0.85);
    expect(verdict.isAnomaly).toBe(true);
  });

  it("does not alarm on a new INFO message in a known service", async () => {
    const { feed, feedUsual } = newService();
    await feedUsual(5_000);
    expect((await feed("cache warmed in <DUR>")).isAnomaly).toBe(false);
  });

  it("does not alarm when nothing happens", async () => {
    const { feedUsual } = newService();
    expect((await feedUsual(3_000)).filter(({ isAnomaly }) => isAnomaly)).toEqual([]);
  });

  it("finds a wrong order odd once the order is known", async () => {
    const { feed, feedUsual } = newService();
    await feedUsual(5_000);
    await feed("request <NUM> received");
    const verdict = await feed("reply sent");
    expect(verdict.score).toBeGreaterThan(0.8);
    expect(verdict.contributions[0]?.detector).toBe("ngram");
    expect(verdict.contributions[0]?.evidence.expected[0]?.template).toBe("cart <NUM> loaded");
  });
});
