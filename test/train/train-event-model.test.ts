import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { objectionTo } from "../../processor/learn/judge-gains.ts";
import { trainEventModel } from "../../processor/learn/train-event-model.ts";
import type { TrainingProgress } from "../../processor/learn/training-report.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";
import { randomModel } from "./random-model.ts";
import { TOY_TEMPLATES, toyCorpus } from "./toy-corpus.ts";

describe("a toy language in which each event tells the next", () => {
  it("is learned: the loss falls, and the successor is the most expected event", async () => {
    const seen: TrainingProgress[] = [];
    const { report, weights, residuals } = await trainEventModel(
      toyCorpus(),
      randomModel(),
      standInEncoder,
      { epochs: 16, threads: 1, learningRate: 5e-3 },
      (progress) => seen.push(progress),
    );
    const { before, after } = report.heldOut;
    expect(before.top1).toBeLessThan(0.4);
    // Every event is certain; where a session ends is not: 13 lengths are equally likely.
    expect(after.top1).toBeGreaterThan(0.85);
    expect(after.loss).toBeLessThan(before.loss - 1.2);
    expect(report.isBetter).toBe(true);
    const { learned } = report.heldOut;
    expect(learned.all.mean).toBeCloseTo(before.loss - after.loss, 9);
    expect(learned.all.questions).toBe(report.heldOut.questions);
    expect(report.curve.at(-1)?.loss).toBeLessThan((report.curve[0]?.loss ?? 0) / 3);
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: report.stepsTaken }, (_, i) => i + 1));
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(residuals.services.map(([name, rows]) => [name, rows.length])).toEqual([["toy", 8]]);
  });

  it("gives the same weights for the same seed, others for another", async () => {
    const model = randomModel();
    const train = (seed: number) =>
      trainEventModel(toyCorpus(100), model, standInEncoder, { epochs: 2, seed, threads: 1 });
    const [one, same, other] = [await train(1), await train(1), await train(2)];
    expect(same.weights).toEqual(one.weights);
    expect(same.residuals).toEqual(one.residuals);
    expect(other.weights).not.toEqual(one.weights);
  });

  it("leaves the directory that it began with as it is", async () => {
    const model = randomModel();
    const contents = () =>
      readdirSync(model).map((name) => [name, readFileSync(join(model, name), "base64")]);
    const before = contents();
    await trainEventModel(toyCorpus(100), model, standInEncoder, { epochs: 1, threads: 1 });
    expect(contents()).toEqual(before);
  });
});

it("keeps services apart: each has its own candidates and its own rows", async () => {
  const { residuals, report } = await trainEventModel(
    toyCorpus(60, ["shop", "mail"]),
    randomModel(),
    standInEncoder,
    { epochs: 1, threads: 1 },
  );
  expect(report.services).toBe(2);
  expect(residuals.services.map(([name]) => name)).toEqual(["shop", "mail"]);
});

describe("services that are not learned from", () => {
  const afterTraining = async (ring: readonly string[]) => {
    const { report } = await trainEventModel(toyCorpus(), randomModel(), standInEncoder, {
      epochs: 8,
      threads: 1,
      learningRate: 5e-3,
      others: toyCorpus(100, ["mail"], ring).services,
    });
    expect(report.heldOut.learned.all.mean).toBeGreaterThan(0.5);
    return report;
  };

  it("and become worse are an objection, which names them", async () => {
    const { isBetter, heldOut } = await afterTraining(TOY_TEMPLATES.toReversed());
    expect(isBetter).toBe(false);
    expect(objectionTo(heldOut)).toMatch(/make the service mail worse.*the loss rises by/);
    // The latest fifth of a hundred sessions of 3 to 15 events.
    expect(heldOut.others?.all.clusters).toBeGreaterThan(15);
    expect(heldOut.others?.all.clusters).toBeLessThan(30);
  });

  it("and speak the same language become better as well", async () => {
    const { isBetter, heldOut } = await afterTraining(TOY_TEMPLATES);
    expect(isBetter).toBe(true);
    expect(heldOut.others?.services).toEqual([{ service: "mail", gain: heldOut.others?.all }]);
    expect(heldOut.others?.all.mean).toBeGreaterThan(0.1);
  });
});

describe("a corpus that teaches nothing", () => {
  const train = (sessions: number) =>
    trainEventModel(toyCorpus(sessions), randomModel(), standInEncoder, { epochs: 1 });

  it("is refused, with what is missing", async () => {
    await expect(train(0)).rejects.toMatchObject({ name: "TrainingError", message: /no event/ });
    await expect(train(2)).rejects.toMatchObject({ name: "TrainingError", message: /only \d+ events/ });
  });
});

it("a loss that is no number ends the training, and says so", async () => {
  await expect(
    trainEventModel(toyCorpus(100), randomModel(), standInEncoder, { epochs: 50, learningRate: 1e20 }),
  ).rejects.toMatchObject({ name: "TrainingError", message: expect.stringMatching(/diverged.*NaN/) });
});

it("a text encoder of another model is refused", async () => {
  const narrow = { ...standInEncoder, dimensions: 64 };
  await expect(trainEventModel(toyCorpus(100), randomModel(), narrow, {})).rejects.toThrow(
    /gives 64 values a text, the model reads 128/,
  );
});

describe("a model directory that cannot be trained", () => {
  const broken = (prepare: (directory: string) => void) => {
    const directory = randomModel();
    prepare(directory);
    return expect(trainEventModel(toyCorpus(100), directory, standInEncoder, {})).rejects;
  };

  it("is named when a file is missing, damaged or of another length", async () => {
    await expect(trainEventModel(toyCorpus(100), "/no/such/model", standInEncoder, {})).rejects.toMatchObject(
      {
        name: "ModelError",
        message: expect.stringMatching(/\/no\/such\/model.*ENOENT/),
      },
    );
    await broken((d) => writeFileSync(join(d, "weights.bin"), "short")).toThrow(/is damaged/);
    await broken((d) => writeFileSync(join(d, "config.json"), "{")).toThrow(/is no JSON/);
  });

  it("is named when it is of another version", async () => {
    await broken((d) => {
      const config = JSON.parse(readFileSync(join(d, "config.json"), "utf8"));
      writeFileSync(join(d, "config.json"), JSON.stringify({ ...config, format: "logbert-event-model/1" }));
    }).toThrow(/describes no model that can be trained.*format/s);
  });

  it("is refused when it names files outside of it", async () => {
    await broken((d) => {
      const config = JSON.parse(readFileSync(join(d, "config.json"), "utf8"));
      writeFileSync(
        join(d, "config.json"),
        JSON.stringify({ ...config, files: { ...config.files, "../passwd": "0".repeat(64) } }),
      );
    }).toThrow(/describes no model/);
  });
});
