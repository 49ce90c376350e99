import { describe, expect, it } from "vitest";
import { StoreError } from "../store/store.ts";
import { closedSession, freshWindow } from "../test/helpers/detector-windows.ts";
import { calibrateConfig } from "./calibrate/config.ts";
import { createJudge } from "./calibrate/create-judge.ts";
import { createReservoir } from "./calibrate/reservoir.ts";
import { createCountVectorDetector } from "./detect/count-vector.ts";
import { createGapDetector } from "./detect/gap.ts";
import { createLengthDetector } from "./detect/length.ts";
import { createNgramDetector } from "./detect/ngram.ts";
import { createParameterDetector } from "./detect/parameter.ts";
import { createRateDetector } from "./detect/rate.ts";
import { redactConfig } from "./redact/config.ts";
import { createRedactor } from "./redact/redact.ts";
import { restoreStates, saveSnapshots } from "./snapshots.ts";
import { templateConfig } from "./template/config.ts";
import { createTemplateMiner } from "./template/create-template-miner.ts";

describe("saving what was learned", () => {
  it("saves every part that can be saved, and tells what could not", async () => {
    const broken = {
      ...createLengthDetector(),
      snapshot: () => {
        throw new Error("too long");
      },
    };
    const ngram = createNgramDetector();
    ngram.learn([freshWindow([{ template: "open" }, { template: "close" }])]);
    const saved = new Map<string, unknown>();
    const store = {
      saveSnapshot: async (name: string, json: readonly Uint8Array[]) => {
        if (name === "calibration") throw new Error("disk full");
        saved.set(name, JSON.parse(Buffer.concat(json).toString()));
      },
    };
    const parts = {
      miner: createTemplateMiner(templateConfig.parse({})),
      judge: createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 }),
      detectors: [broken, ngram],
    };
    await expect(
      saveSnapshots(store, parts, 0, { last: () => 0, learned: async () => undefined }),
    ).rejects.toThrow("disk full");
    expect([...saved.keys()]).toEqual(["templates", "detector:ngram"]);
    expect(saved.get("detector:ngram")).toEqual(JSON.parse(JSON.stringify(ngram.snapshot())));
  });

  it("asks a database that is away once, not once for each part", async () => {
    const asked: string[] = [];
    const store = {
      saveSnapshot: async (name: string) => {
        asked.push(name);
        throw new StoreError("unreachable", "the database is away", "start it");
      },
    };
    const parts = {
      miner: createTemplateMiner(templateConfig.parse({})),
      judge: createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 }),
      detectors: [createLengthDetector()],
    };
    await expect(
      saveSnapshots(store, parts, 0, { last: () => 0, learned: async () => undefined }),
    ).rejects.toThrow("away");
    expect(asked).toEqual(["templates"]);
  });

  it("takes no pauses of its own when it is told what to do between slices, and says so before each write", async () => {
    const events: string[] = [];
    const length = createLengthDetector();
    const parts = {
      miner: createTemplateMiner(templateConfig.parse({})),
      judge: createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 }),
      detectors: [length],
    };
    const store = { saveSnapshot: async (name: string) => void events.push(name) };
    const afterSlice = () => {
      if (events.at(-1) !== "slice") events.push("slice");
    };
    const ports = { last: () => 0, learned: async () => undefined, afterSlice };
    const saved = saveSnapshots(store, parts, 0, ports).then(() => "saved");
    // Whatever waits for a timer or a socket comes after this.
    const first = await Promise.race([saved, new Promise((resolve) => setImmediate(resolve, "paused"))]);
    expect(first).toBe("saved");
    expect(events).toEqual(["slice", "templates", "slice", "calibration", "slice", "detector:length"]);
  });

  it("saves nothing more once it has been told to stop, so that what is saved after it is the last", async () => {
    const saved: string[] = [];
    const stop = new AbortController();
    const store = {
      saveSnapshot: async (name: string) => {
        saved.push(name);
        stop.abort();
      },
    };
    const parts = {
      miner: createTemplateMiner(templateConfig.parse({})),
      judge: createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 }),
      detectors: [createLengthDetector()],
    };
    const ports = { last: () => 0, learned: async () => undefined, signal: stop.signal };
    await saveSnapshots(store, parts, 0, ports);
    expect(saved).toEqual(["templates"]);
  });
});

describe("restoring what was learned", () => {
  it("hides what is no longer to be kept in texts, and nothing in samples of numbers", async () => {
    const reservoir = createReservoir(128);
    for (let value = 0; value < 100; value += 1) reservoir.offer(value);
    const sample = reservoir.snapshot();
    const long = "k".repeat(60);
    const restored: unknown[] = [];
    const judge = {
      ...createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 }),
      restore: (state: unknown) => restored.push(state),
    };
    const store = {
      snapshot: async () =>
        JSON.stringify({ sample, key: long, other: { offered: 1, values: `key ${long}` } }),
      journal: async () => [],
    };
    const show = (text: string) => text.replace(/\w{40,}/, "<KEY>");
    await restoreStates(store, { judge, detectors: [] }, show, (_, error) => {
      throw error;
    });
    expect(restored).toEqual([{ sample, key: "<KEY>", other: { offered: 1, values: "key <KEY>" } }]);
  });

  it("leaves the ids of templates as they are, also where one looks like a card's number", async () => {
    const id = "b4524956994110a1";
    const judge = createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 });
    const end = closedSession({ [id]: 1 });
    const verdict = {
      score: 1,
      pValue: 1e-9,
      strength: 9,
      threshold: 0.9,
      isAnomaly: true,
      modelVersion: "m",
    };
    judge.learn(
      [freshWindow([{ template: id }]), end, { ...end, missing: "template" as const }].map((window) => ({
        recordIndex: undefined,
        window,
        event: window.freshFrom,
        verdict: { ...verdict, contributions: [] },
      })),
    );
    const events = [0, 1_000, 2_000].map((timeMs) => ({
      template: id,
      timeMs,
      gapMs: 1_000,
      parameters: ["7"],
    }));
    const detectors = [
      createCountVectorDetector(),
      createGapDetector(),
      createLengthDetector(),
      createNgramDetector(),
      createParameterDetector(),
      createRateDetector({ now: () => 0 }),
    ];
    for (const detector of detectors) detector.learn([freshWindow(events), closedSession({ [id]: 3 })]);
    const saved = new Map<string, string>();
    const store = {
      saveSnapshot: async (name: string, json: readonly Uint8Array[]) =>
        void saved.set(name, Buffer.concat(json).toString()),
      snapshot: async (name: string) => saved.get(name),
      journal: async () => [],
    };
    const miner = createTemplateMiner(templateConfig.parse({}));
    await saveSnapshots(store, { miner, judge, detectors }, 0, {
      last: () => 0,
      learned: async () => undefined,
    });
    const before = [judge, ...detectors].map((part) => JSON.stringify(part.snapshot()));
    for (const kind of [id, `end ${id}`, `silence ${id}`]) expect(before[0]).toContain(`"${kind}"`);
    const redactor = createRedactor(redactConfig.parse({}));
    expect(redactor.sender(`end ${id}`)).not.toContain(id);
    await restoreStates(store, { judge, detectors }, redactor.sender, (_, error) => {
      throw error;
    });
    expect([judge, ...detectors].map((part) => JSON.stringify(part.snapshot()))).toEqual(before);
  });
});
