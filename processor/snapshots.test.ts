import { describe, expect, it } from "vitest";
import { freshWindow } from "../test/helpers/detector-windows.ts";
import { calibrateConfig } from "./calibrate/config.ts";
import { createJudge } from "./calibrate/create-judge.ts";
import { createReservoir } from "./calibrate/reservoir.ts";
import { createLengthDetector } from "./detect/length.ts";
import { createNgramDetector } from "./detect/ngram.ts";
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
});
