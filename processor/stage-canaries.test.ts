import { describe, expect, it } from "vitest";
import type { CanaryStatus, StageStatus } from "../store/store.ts";
import { freshWindow } from "../test/helpers/detector-windows.ts";
import { evenSurprises } from "../test/helpers/even-surprises.ts";
import { evenScorer, config as stageConfig, stagesUnderTest } from "../test/helpers/stages-under-test.ts";
import { standInEncoder } from "../test/helpers/stand-in-encoder.ts";
import { windowOf } from "./canary/canary.ts";
import { canaryConfig } from "./canary/config.ts";
import { deriveOdd, normalOrder } from "./canary/derive-odd.ts";
import { createNormalSequences } from "./canary/normal-sequences.ts";
import { detectConfig } from "./detect/config.ts";
import {
  type AnswerSurprises,
  type EventScorer,
  ModelBusyError,
  type ScoringBatch,
} from "./detect/event-scorer.ts";
import { createRateDetector } from "./detect/rate.ts";
import { processRequest } from "./pipeline.ts";
import { createRooms } from "./rooms.ts";
import { createAskLive, createStageCanaries, isShedding } from "./stage-canaries.ts";
import { createStageObserver } from "./stage-observer.ts";
import { createLog } from "./telemetry/log.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { encodeRequest } from "./wire/encode.ts";

const STATUS: StageStatus = {
  instance: "logbert",
  version: "1",
  modelVersion: "even",
  startedAtMs: 0,
  updatedAtMs: 0,
  recordsPerSecond: 0,
  forwardEndpoint: undefined,
  forwardState: "sink",
};
const BODIES = ["order received", "stock reserved", "card charged", "order shipped"];

/** A model that counts how often it is asked, and answers as it is told to. */
function aModel() {
  const model = {
    asked: 0,
    answer: async (batch: ScoringBatch): Promise<readonly AnswerSurprises[]> => evenSurprises(batch, 1),
  };
  const scorer: EventScorer = {
    version: "even",
    eventsMax: 20,
    residual: () => undefined,
    score(batch) {
      model.asked += 1;
      return model.answer(batch);
    },
  };
  return { model, scorer };
}

/** The live rooms after some requests, and canaries made of these. */
async function afterSomeTraffic() {
  const { model, scorer } = aModel();
  const sequences = createNormalSequences(() => 0);
  const { stages, seen } = stagesUnderTest({ record: sequences.record }, scorer);
  for (let request = 0; request < 20; request += 1) {
    const records = BODIES.map((body, i) => ({ timeUnixNano: BigInt(request * 4 + i), body }));
    const bytes = encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
    await processRequest({ bytes, transport: "http" }, stages, new AbortController().signal);
  }
  await stages.lane.drained();
  const normal = sequences.of("shop");
  const [first] = normal;
  const foreign = first && deriveOdd("foreign", first, normalOrder(normal), () => 0);
  const windows = [...normal, ...(foreign === undefined ? [] : [foreign])].map(windowOf);
  return { model, stages, seen, windows };
}

describe("asking the live detector about canaries", () => {
  it("teaches it nothing, and forwards and remembers nothing", async () => {
    const { stages, seen, windows } = await afterSomeTraffic();
    const state = () =>
      JSON.stringify([stages.detectors.map((one) => one.snapshot()), stages.judge.snapshot(), seen]);
    const before = state();
    const answers = (await createAskLive(stages)(windows)) ?? [];
    expect(answers).toHaveLength(windows.length);
    expect(answers.every(({ surprise, score }) => surprise >= 0 && score >= 0)).toBe(true);
    expect(state()).toBe(before);
  });

  it("asks the model itself each time, and nothing that it said before", async () => {
    const { model, stages, windows } = await afterSomeTraffic();
    const ask = createAskLive(stages);
    const before = model.asked;
    await ask(windows);
    await ask(windows);
    expect(model.asked).toBe(before + 2);
  });

  it("keeps no silence from being noticed", async () => {
    let nowMs = 0;
    const rate = createRateDetector({ now: () => nowMs });
    const window = () => freshWindow([{ template: "heartbeat", timeMs: nowMs }]);
    for (; nowMs < 600_000; nowMs += 1_000) {
      rate.learn([window()]);
      rate.watch?.(nowMs);
    }
    await createAskLive({ detectors: [rate], judge: { judge: () => [] } })([window()]);
    const missing: unknown[] = [];
    for (const untilMs = nowMs + 120_000; nowMs < untilMs; nowMs += 1_000)
      missing.push(...(rate.watch?.(nowMs) ?? []));
    expect(missing).not.toEqual([]);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("no model"))],
    ["says nothing", async () => []],
    ["never answers", () => new Promise<never>(() => undefined)],
  ])("has no answer of a model that %s", async (_, answer) => {
    const { model, stages, windows } = await afterSomeTraffic();
    model.answer = answer;
    const answers = await createAskLive(stages, { answerMsMax: 50 })(windows);
    expect(answers?.map(({ surprise }) => surprise)).toEqual(windows.map(() => Number.NaN));
  });

  it.each([
    ["is late", () => new Promise<never>(() => undefined), true],
    ["is busy", () => Promise.reject(new ModelBusyError("too much waits")), true],
    ["fails", () => Promise.reject(new Error("no model")), false],
  ])(
    "tells a model that %s from one that is kept from answering by the records",
    async (_, answer, isUnknown) => {
      const { model, stages, windows } = await afterSomeTraffic();
      model.answer = answer;
      const shedding = createAskLive(stages, { isShedding: () => true, answerMsMax: 50 });
      expect((await shedding(windows)) === undefined).toBe(isUnknown);
      const idle = createAskLive(stages, { isShedding: () => false, answerMsMax: 50 });
      expect(await idle(windows)).toHaveLength(windows.length);
    },
  );

  it("leaves no detector out of live verdicts for having failed a canary", async () => {
    const { model, stages, seen, windows } = await afterSomeTraffic();
    const { answer } = model;
    model.answer = () => Promise.reject(new Error("no model"));
    const ask = createAskLive(stages);
    for (let run = 0; run < 20; run += 1) await ask(windows);
    model.answer = answer;
    const before = model.asked;
    const bytes = encodeRequest([
      {
        attributes: { "service.name": "shop" },
        records: [{ timeUnixNano: 1n, body: "order lost in transit" }],
      },
    ]);
    await processRequest({ bytes, transport: "http" }, stages, new AbortController().signal);
    expect(model.asked).toBeGreaterThan(before);
    expect(seen.unscored).toBe(0);
  });
});

it.each([
  ["some records pass unscored", "shedding", 0.3, 0.2, true],
  ["the model had no part in any record", "shedding", 0.3, 0.7, false],
  ["no record was judged", "shedding", 1, 0, false],
  ["all records are judged without it", "degraded", 0, 1, false],
  ["all is well", "scoring", 0, 0, false],
] as const)(
  "a model is kept from answering by the records or not: %s",
  (_, state, unscoredRatio, degradedRatio, is) => {
    expect(isShedding({ state, unscoredRatio, degradedRatio })).toBe(is);
  },
);

describe("the canaries of a stage", () => {
  const stateWith = async (
    settings: object,
    earlier?: CanaryStatus,
    modelVersion = "even",
    names: readonly string[] = ["event-model"],
    instance = "logbert",
  ) => {
    const config = { canary: canaryConfig.parse({}), detect: detectConfig.parse({}), ...settings };
    const { judge, detectors } = createRooms(stageConfig, {
      scorer: evenScorer,
      encoder: standInEncoder,
      now: () => 1,
    });
    const rooms = { judge, detectors: detectors.filter(({ name }) => names.includes(name)) };
    const store = {
      statuses: async () =>
        earlier === undefined ? [] : [{ ...STATUS, instance, modelVersion, canary: earlier }],
    };
    const canaries = await createStageCanaries(config, {
      rooms,
      store,
      instance: "logbert",
      scorer: { version: "even" },
      observer: createStageObserver(createMetrics(), createLog("SILENT"), () => 1),
      log: createLog("SILENT"),
      now: () => 1,
    });
    return canaries.status();
  };

  it("go on with what was told before a restart", async () => {
    expect(await stateWith({})).toEqual({ state: "waiting" });
    const collapsed = { state: "collapsed", recallRatio: 0, collapsedAtMs: 7 } as const;
    expect(await stateWith({}, collapsed)).toEqual(collapsed);
  });

  it("say nothing yet of weights that were put in use in between, and forget no collapse", async () => {
    const collapsed = { state: "collapsed", recallRatio: 0, collapsedAtMs: 7 } as const;
    expect(await stateWith({}, collapsed, "others")).toEqual({ state: "waiting", collapsedAtMs: 7 });
    const off = { canary: canaryConfig.parse({ interval_ms: 0 }) };
    expect(await stateWith(off, collapsed)).toEqual({ state: "off", collapsedAtMs: 7 });
  });

  it("go on with what the same weights usually find, and know nothing of others", async () => {
    const usual = [{ service: "shop", runs: 9, meanRatio: 0.54 }];
    const collapsed = { state: "collapsed", recallRatio: 0, collapsedAtMs: 7, usual } as const;
    expect(await stateWith({}, collapsed)).toEqual(collapsed);
    expect((await stateWith({}, { ...collapsed, state: "well" })).usual).toEqual(usual);
    expect((await stateWith({}, collapsed, "others")).usual).toBeUndefined();
    const off = { canary: canaryConfig.parse({ interval_ms: 0 }) };
    expect((await stateWith(off, collapsed)).usual).toBeUndefined();
  });

  it("of a new stage among others know what those usually find, and of a collapse of theirs nothing", async () => {
    const usual = [{ service: "shop", runs: 9, meanRatio: 0.54 }];
    const collapsed = { state: "collapsed", recallRatio: 0, collapsedAtMs: 7, usual } as const;
    const others = ["event-model"];
    expect(await stateWith({}, collapsed, "even", others, "other")).toEqual({ state: "waiting", usual });
    expect(await stateWith({}, collapsed, "others", others, "other")).toEqual({ state: "waiting" });
  });

  it.each([
    ["they are switched off", { canary: canaryConfig.parse({ interval_ms: 0 }) }, ["event-model"]],
    [
      "the model may be asked about too little",
      { detect: detectConfig.parse({ max_model_rows: 10 }) },
      ["event-model"],
    ],
    ["there is no event model", {}, ["ngram"]],
    ["a Hugging Face model is in its place", {}, ["pretrained-model"]],
  ])("are off when %s", async (_, settings, names) => {
    expect(await stateWith(settings, undefined, undefined, names)).toEqual({ state: "off" });
  });
});
