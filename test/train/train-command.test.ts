import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { exitCodeFor } from "../../cli/exit-code.ts";
import { runTrain, type TrainPorts } from "../../cli/train.ts";
import { diskFileSystem, type FileSystem } from "../../processor/learn/file-system.ts";
import { readTrainableModel } from "../../processor/learn/trainable-model.ts";
import { scriptedIo } from "../generate/scripted-io.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { randomModel } from "./random-model.ts";
import { toyEventIds, toyLines } from "./toy-logs.ts";

const TIMEOUT_MS = 300_000;
const folder = temporaryDirectory("train-command");
const from = randomModel();
let files = 0;

function fileOf(content: string | Uint8Array, name = `shop-${++files}.log`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Runs the command with a model by chance and one epoch. */
async function train(options: Readonly<Record<string, unknown>>, fileSystem: FileSystem = diskFileSystem) {
  const { io, printed, told } = scriptedIo({ beginMs: Date.UTC(2026, 10, 25) });
  const ports: TrainPorts = {
    openEncoder: async () => ({ encoder: standInEncoder, close: async () => undefined }),
    files: fileSystem,
    isTerminal: false,
  };
  const code = await runTrain({ from, epochs: "1", threads: "1", ...options }, io, ports);
  return { code, printed: printed.join(""), told };
}

/** What a stage records of 300 sessions of three events of each service. */
function recordedLines(services: readonly string[]): string {
  const templates = ["begin", "work", "end"].map((text, template) => ({ template, id: text, text }));
  const [times, severities] = [
    [0, 1_000, 1_000],
    [9, 9, 9],
  ];
  const sessions = Array.from({ length: 300 }, (_, i) =>
    services.map((service) => ({
      service,
      stream: String(i),
      startMs: i * 10_000,
      begins: true,
      ends: true,
    })),
  );
  const runs = sessions.flat().map((run) => ({ ...run, templates: [0, 1, 2], gapsMs: times, severities }));
  return [{ format: "logbert-recorded/1" }, ...templates, ...runs]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

/** What a stage writes of so many windows of two events that people called expected. */
function feedbackLines(windows: number): string {
  const expected = (at: number) =>
    ["begin", "end"].map((template, i) => ({
      templateId: template,
      template,
      timeMs: at * 10_000 + i,
      severityNumber: 9,
    }));
  const lines = Array.from({ length: windows }, (_, at) => ({ service: "shop", expected: expected(at) }));
  return [{ format: "logbert-feedback/1" }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A directory that a first training has written, and what it holds. */
const good = join(folder, "good");
const goodLines = toyLines(750).join("\n");
const goodLog = fileOf(goodLines, "good.log");
const contents = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name !== ".training")
    .map((name) => [name, readFileSync(join(directory, name), "base64")]);

describe("wrong usage", () => {
  it.each([
    [{ input: [] }, /--input: must name at least one file/],
    [{ input: ["a"], epochs: "0" }, /--epochs: must be a whole number from 1 to 10000/],
    [{ input: ["a"], threads: "many" }, /--threads: must be a whole number from 1 to 64/],
    [{ input: ["a"], format: "xml" }, /--format: must be one of auto.*sequences/],
    [{ input: ["a"], format: "sequences" }, /--templates: must name/],
    [{ input: ["a"], templates: "t.csv" }, /--templates: goes with --format sequences only/],
    [{ input: ["a"], color: "red" }, /color/],
  ])("%j", async (options, message) => {
    const error = await train(options).catch((one: unknown) => one);
    expect(error).toMatchObject({ name: "UsageError", message: expect.stringMatching(message) });
    expect(exitCodeFor(error)).toBe(2);
  });
});

describe("a model that cannot be begun with", () => {
  it("is wrong usage: it is missing, or of another version", async () => {
    const old = join(folder, "old-model");
    mkdirSync(old);
    writeFileSync(join(old, "config.json"), '{"format":"logbert-event-model/1","version":"old"}');
    for (const directory of ["/no/such/model", old]) {
      const error = await train({ input: [goodLog], from: directory, out: join(folder, "none") }).catch(
        (one: unknown) => one,
      );
      expect(error).toMatchObject({ name: "ModelError" });
      expect(exitCodeFor(error)).toBe(2);
    }
  });
});

describe("logs", { timeout: TIMEOUT_MS }, () => {
  it("of plain text are learned from, and the report is printed", async () => {
    const { code, printed, told } = await train({ input: [goodLog], out: good, epochs: "2" });
    expect(code).toBe(0);
    expect(printed).toMatch(/^random-1\+train-20261125-[0-9a-f]{8} in .*good, trained from random-1$/m);
    expect(printed).toMatch(/learned from \d+ events, 8 templates, 1 services/);
    expect(printed).toMatch(/loss, nats an event +\d\.\d{4} {2}-> +\d\.\d{4}/);
    expect(printed).toMatch(/It beats the model that it came from, by \d\.\d{4} nats/);
    expect(told.some((line) => /^Step \d+ of \d+: loss .* left$/.test(line))).toBe(true);
  });

  it("end in a model directory that is whole, and can be trained on again", () => {
    const model = readTrainableModel(good);
    expect(model.description.version).toMatch(/^random-1\+train-/);
    expect(model.description["trained_from"]).toBe("random-1");
    expect(model.description["training_report"]).toMatchObject({ isBetter: true });
    expect(model.residuals.services.map(([name]) => name)).toEqual(["good"]);
    expect(readdirSync(good).toSorted()).toEqual([
      "candidates.onnx",
      "config.json",
      "model.onnx",
      "residuals.json",
      "training-step.onnx",
      "weights.bin",
    ]);
  });

  it("that are packed teach the same as those that are not", async () => {
    const packed = fileOf(gzipSync(goodLines), "good.log.gz");
    await train({ input: [packed], out: join(folder, "packed"), epochs: "2" });
    expect(
      readFileSync(join(folder, "packed/weights.bin")).equals(readFileSync(join(good, "weights.bin"))),
    ).toBe(true);
  });

  it("that are few are learned from all the same, but no word is said for it", async () => {
    const { printed } = await train({
      input: [fileOf(toyLines(200).join("\n"))],
      out: join(folder, "few"),
      epochs: "4",
    });
    expect(printed).toMatch(/It is not shown to beat .*keep that one: there are too few held-out records/);
    expect(readTrainableModel(join(folder, "few")).description["training_report"]).toMatchObject({
      isBetter: false,
    });
  });

  it("as sessions of event ids are learned from, with their templates", async () => {
    const { sequences, templates } = toyEventIds(100);
    const { printed } = await train({
      input: [fileOf(sequences)],
      templates: fileOf(templates),
      format: "sequences",
      service: "toy",
      out: join(folder, "sequences"),
    });
    expect(printed).toMatch(/8 templates, 1 services/);
    expect(
      readTrainableModel(join(folder, "sequences")).residuals.services[0]?.[1].map(([text]) => text),
    ).toContain("query is parsed");
  });

  it("of one service alone, of those that were recorded: what that does to the others is in the report", async () => {
    const out = join(folder, "one-service");
    const { printed } = await train({
      input: [fileOf(recordedLines(["shop", "mail"]))],
      format: "recorded",
      onlyService: "shop",
      out,
    });
    expect(printed).toMatch(/learned from 900 events, 3 templates, 1 services/);
    const model = readTrainableModel(out);
    expect(model.residuals.services.map(([name]) => name)).toEqual(["shop"]);
    // A fifth of the 900 events, and the ends of its 60 sessions.
    expect(model.description["training_report"]).toMatchObject({
      heldOut: { others: { services: [{ service: "mail", gain: { questions: 240, clusters: 60 } }] } },
    });
  });

  it("train on from a trained model, into its own directory", async () => {
    const copy = join(folder, "again");
    await diskFileSystem.makeDirectory(copy);
    for (const name of readdirSync(good)) writeFileSync(join(copy, name), readFileSync(join(good, name)));
    await train({ input: [goodLog], from: copy, out: copy });
    expect(readTrainableModel(copy).description.version).toMatch(/^random-1\+train-20261125-[0-9a-f]{8}$/);
  });
});

describe("bad input keeps the old model, and says what is wrong", { timeout: TIMEOUT_MS }, () => {
  const noise = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i ^ 0x5bd1, 0x9e3779b1) >>> 24);
  it.each<[string, () => Readonly<Record<string, unknown>>, RegExp]>([
    ["an empty file", () => ({ input: [fileOf("")] }), /nothing to learn from: no event/],
    ["a binary file", () => ({ input: [fileOf(noise)] }), /is no text/],
    ["one line again and again", () => ({ input: [fileOf("ping 1\n".repeat(5_000))] }), /same template/],
    [
      "one enormous line",
      () => ({ input: [fileOf("x".repeat(9_000_000))] }),
      /same template|only \d+ events/,
    ],
    ["a few lines", () => ({ input: [fileOf("one\ntwo words\nthree words here\n")] }), /only 3 events/],
    [
      "a file that is not there",
      () => ({ input: [join(folder, "missing.log")] }),
      /missing\.log: cannot be read \(ENOENT\)/,
    ],
    ["a directory", () => ({ input: [folder] }), /cannot be read \(EISDIR\)/],
    [
      "a cut gzip file",
      () => ({ input: [fileOf(gzipSync(toyLines(50).join("\n")).subarray(0, 400))] }),
      /no whole gzip file/,
    ],
    [
      "an event id without a template",
      () => ({
        input: [fileOf("1 2 3\n1 99\n")],
        templates: fileOf(toyEventIds(1).templates),
        format: "sequences",
      }),
      /line 2 has the event id 99/,
    ],
    [
      "a line that is no session",
      () => ({ input: [fileOf("1 2\nhello world\n")], templates: fileOf("a\nb\n"), format: "sequences" }),
      /line 2 is no sequence of event ids/,
    ],
    [
      "templates without any",
      () => ({ input: [fileOf("1 2\n")], templates: fileOf(""), format: "sequences" }),
      /holds no template/,
    ],
    [
      "what people called expected alone",
      () => ({
        input: [fileOf(recordedLines([]))],
        format: "recorded",
        feedback: fileOf(feedbackLines(200)),
      }),
      /nothing to measure new weights with/,
    ],
  ])("%s", async (_name, options, message) => {
    const before = contents(good);
    const error = await train({ ...options(), out: good }).catch((one: unknown) => one);
    expect(error).toMatchObject({ name: "TrainingError", message: expect.stringMatching(message) });
    expect(exitCodeFor(error)).toBe(1);
    expect(contents(good)).toEqual(before);
  });
});

it("a file of feedback that is none is refused with its line, and what to do about it", async () => {
  const error = await train({
    input: [fileOf(recordedLines(["shop"]))],
    format: "recorded",
    feedback: fileOf(`${feedbackLines(0)}{"service":"shop"}\n`),
    out: join(folder, "bad-feedback"),
  }).catch((one: unknown) => one);
  expect(error).toMatchObject({
    name: "FeedbackFileError",
    message: expect.stringMatching(/:2: /),
    remedy: expect.stringMatching(/without --feedback; .*logbert-feedback\/1/),
  });
  expect(exitCodeFor(error)).toBe(1);
});

describe("a disk that is full while the model is saved", { timeout: TIMEOUT_MS }, () => {
  const full = (fails: (path: string) => boolean): FileSystem => ({
    ...diskFileSystem,
    async write(path, bytes) {
      if (fails(path)) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      await diskFileSystem.write(path, bytes);
    },
  });

  it.each(["weights.bin", "config.json", "model.onnx"])(
    "keeps the old model, whole, when %s does not fit",
    async (name) => {
      const before = contents(good);
      const error = await train(
        { input: [goodLog], out: good, seed: "99" },
        full((path) => path.endsWith(name)),
      ).catch((one: unknown) => one);
      expect(error).toMatchObject({
        name: "TrainingError",
        message: expect.stringMatching(/cannot be written to .*ENOSPC.*has stayed/),
      });
      expect(exitCodeFor(error)).toBe(1);
      expect(contents(good)).toEqual(before);
      expect(() => readTrainableModel(good)).not.toThrow();
    },
  );

  it("is told to a program as JSON, with the system's code and without advice on options", async () => {
    const { io, told } = scriptedIo({ beginMs: 0 });
    const files = full((path) => path.endsWith("weights.bin"));
    const ports = {
      openEncoder: async () => ({ encoder: standInEncoder, close: async () => undefined }),
      files,
      isTerminal: false,
    };
    const options = { from, epochs: "1", input: [goodLog], out: good, seed: "97", progress: "json" };
    await expect(runTrain(options, io, ports)).rejects.toThrow(/ENOSPC/);
    expect(JSON.parse(told.at(-1) ?? "")).toEqual({
      error: expect.stringMatching(/cannot be written to .*good \(ENOSPC\)/),
      code: "ENOSPC",
    });
  });

  it("brings the old model back when the last step fails", async () => {
    const before = contents(good);
    const broken: FileSystem = {
      ...diskFileSystem,
      async rename(source, target) {
        if (source.endsWith(".new") && target === good)
          throw Object.assign(new Error("input/output error"), { code: "EIO" });
        await diskFileSystem.rename(source, target);
      },
    };
    await expect(train({ input: [goodLog], out: good, seed: "98" }, broken)).rejects.toThrow(
      /EIO.*has stayed/,
    );
    expect(contents(good)).toEqual(before);
  });

  it("brings the old model back when an earlier run was cut off between its last two steps", async () => {
    const out = join(folder, "cut-off");
    mkdirSync(join(folder, ".cut-off.old"));
    writeFileSync(join(folder, ".cut-off.old/config.json"), "old");
    await train({ input: [fileOf("")], out }).catch(() => undefined);
    expect(readFileSync(join(out, "config.json"), "utf8")).toBe("old");
  });

  it("begins with the old model that it has brought back", async () => {
    const out = join(folder, "cut-off-own");
    cpSync(good, join(folder, ".cut-off-own.old"), { recursive: true });
    await train({ input: [goodLog], from: out, out });
    expect(readTrainableModel(out).description["trained_from"]).toMatch(/^random-1\+train-/);
  });
});

it("a directory that holds something else is never replaced", async () => {
  const out = join(folder, "home");
  mkdirSync(out);
  writeFileSync(join(out, "thesis.txt"), "years of work");
  const error = await train({ input: [goodLog], out }).catch((one: unknown) => one);
  expect(error).toMatchObject({ name: "TrainingError", message: expect.stringMatching(/thesis\.txt/) });
  expect(readFileSync(join(out, "thesis.txt"), "utf8")).toBe("years of work");
});
