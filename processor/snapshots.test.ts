import { describe, expect, it } from "vitest";
import { freshWindow } from "../test/helpers/detector-windows.ts";
import { calibrateConfig } from "./calibrate/config.ts";
import { createJudge } from "./calibrate/create-judge.ts";
import { createLengthDetector } from "./detect/length.ts";
import { createNgramDetector } from "./detect/ngram.ts";
import { saveSnapshots } from "./snapshots.ts";
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
});
