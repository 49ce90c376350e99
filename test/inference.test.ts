import { createHash } from "node:crypto";
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventCode } from "../processor/detect/event-code.ts";
import type { ScoringBatch } from "../processor/detect/event-scorer.ts";
import type { TextEncoder } from "../processor/detect/text-encoder.ts";
import { ModelError, readModelDirectory } from "../processor/inference/model-directory.ts";
import { startScorer } from "../processor/inference/worker-client.ts";
import { standInEncoder } from "./helpers/stand-in-encoder.ts";
import { temporaryDirectory } from "./helpers/temporary-directory.ts";

const SHIPPED = "models/logbert-s";
const OPTIONS = { threads: 1, maxWaitingRows: 1_000, onDeath: () => undefined };
const TEMPLATES = ["request started", "request finished", "disk failure on <*>"];

const FATAL = eventCode({ severityNumber: 21, gapMs: 0 }, [0, 0, 0, 0]);

/** The pair of the first two templates again and again, and a masked event at its end. */
async function pairs(encoder: TextEncoder): Promise<ScoringBatch> {
  const vectors = await encoder.encode(TEMPLATES, new AbortController().signal);
  const history = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0];
  return {
    table: { vectors: Float32Array.from(vectors.flatMap((vector) => [...vector])), residuals: undefined },
    rows: [{ ids: history, codes: history.map(() => 0), begins: false }],
  };
}

describe("a model directory that cannot be used", () => {
  const broken = (prepare: (directory: string) => void) => {
    const directory = join(temporaryDirectory("model"), "model");
    cpSync(SHIPPED, directory, { recursive: true });
    prepare(directory);
    return () => readModelDirectory(directory);
  };

  it("is named when it is missing", () => {
    expect(() => readModelDirectory("/no/such/model")).toThrow(
      /\/no\/such\/model.*cannot be read \(ENOENT\)/,
    );
  });

  it("is refused when the graph was changed", () => {
    expect(broken((d) => writeFileSync(join(d, "model.onnx"), "garbage"))).toThrow(/is damaged/);
  });

  it("is refused when config.json is no JSON or of another kind, with the field's name", () => {
    expect(broken((d) => writeFileSync(join(d, "config.json"), "{"))).toThrow(/is no JSON/);
    expect(broken((d) => writeFileSync(join(d, "config.json"), '{"format":"x"}'))).toThrow(/format/);
  });

  it("is refused when the graph is none, though its checksum fits", async () => {
    const directory = temporaryDirectory("model");
    writeFileSync(join(directory, "model.onnx"), "garbage");
    const shipped = readModelDirectory(SHIPPED);
    const model = { ...shipped, graphs: { ...shipped.graphs, events: join(directory, "model.onnx") } };
    await expect(startScorer(model, OPTIONS)).rejects.toThrow(ModelError);
  });
});

const FILES = ["model.onnx", "candidates.onnx", "weights.bin", "text-encoder.onnx", "tokenizer.json"];

/** A directory of format /2 with the shipped files, changed before it is described or after. */
function encodedModel(
  change: { before?: (d: string) => void; after?: (d: string) => void; config?: object } = {},
) {
  const directory = temporaryDirectory("model");
  for (const name of FILES) copyFileSync(join(SHIPPED, name), join(directory, name));
  change.before?.(directory);
  const sha256 = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(directory, name)))
      .digest("hex");
  const description = {
    format: "logbert-event-model/2",
    version: "test",
    events_max: 20,
    text_dimensions: 128,
    width: 64,
    files: Object.fromEntries(FILES.map((name) => [name, sha256(name)])),
    ...change.config,
  };
  writeFileSync(join(directory, "config.json"), JSON.stringify(description));
  change.after?.(directory);
  return directory;
}

describe("a model that brings its text encoder", () => {
  const encode = async (directory: string, texts: readonly string[]) => {
    const scorer = await startScorer(readModelDirectory(directory), OPTIONS);
    try {
      return await scorer.encoder.encode(texts, AbortSignal.timeout(20_000));
    } finally {
      await scorer.close();
    }
  };

  it("gives unit vectors in the order of the texts, nearer to each other the more they mean the same", async () => {
    const long = "a word ".repeat(500);
    const texts = [
      "payment of <NUM> failed",
      long,
      "",
      "<*>",
      "payment of <NUM> was unsuccessful",
      "user logged in",
    ];
    const [failed, ...rest] = await encode(encodedModel(), texts);
    const cosine = (other?: Float32Array) =>
      failed?.reduce((sum, x, i) => sum + x * (other?.[i] ?? 0), 0) ?? 0;
    expect([failed, ...rest].map((vector) => vector?.length)).toEqual(texts.map(() => 128));
    expect(cosine(failed)).toBeCloseTo(1, 3);
    expect(cosine(rest[3])).toBeGreaterThan(cosine(rest[4]) + 0.2);
  });

  it("gives a text the same vector in whatever company", async () => {
    const directory = encodedModel();
    const [alone] = await encode(directory, ["disk full"]);
    const [, inCompany] = await encode(directory, ["a much longer text than the other one is", "disk full"]);
    for (const [at, value] of (alone ?? []).entries()) expect(inCompany?.[at]).toBeCloseTo(value, 4);
  });

  it("is refused with the name of what is missing, damaged or wrong", () => {
    const refusal = (change: Parameters<typeof encodedModel>[0]) => () =>
      readModelDirectory(encodedModel(change));
    expect(refusal({ after: (d) => rmSync(join(d, "tokenizer.json")) })).toThrow(
      /tokenizer[.]json cannot be read/,
    );
    expect(refusal({ after: (d) => writeFileSync(join(d, "text-encoder.onnx"), "x") })).toThrow(
      /text-encoder[.]onnx is damaged/,
    );
    expect(refusal({ config: { files: {} } })).toThrow(/must name model[.]onnx/);
    expect(refusal({ config: { files: { "../../secret": "" } } })).toThrow(/files\["..\/..\/secret"\]/);
    expect(refusal({ config: { text_dimensions: 0 } })).toThrow(/text_dimensions/);
    expect(refusal({ config: { format: "logbert-event-model/3" } })).toThrow(/format/);
  });

  it("is refused when its tokenizer is none, or its graph another one, though the checksums fit", async () => {
    const start = (before: (d: string) => void) =>
      startScorer(readModelDirectory(encodedModel({ before })), OPTIONS);
    await expect(start((d) => writeFileSync(join(d, "tokenizer.json"), "{}"))).rejects.toThrow(ModelError);
    await expect(
      start((d) => copyFileSync(join(d, "model.onnx"), join(d, "text-encoder.onnx"))),
    ).rejects.toThrow(/lacks input_ids/);
  });

  it("fails alone when the vectors are not as long as promised", async () => {
    await expect(encode(encodedModel({ config: { text_dimensions: 64 } }), ["a"])).rejects.toThrow(
      /do not have 64 values/,
    );
  });
});

describe("the shipped model", () => {
  it("has the checksum that its config.json names", () => {
    expect(readModelDirectory(SHIPPED).version).toBe(
      JSON.parse(readFileSync(join(SHIPPED, "config.json"), "utf8")).version,
    );
  });

  it("is most surprised by what the window has never shown, in templates that it was not trained on", async () => {
    const scorer = await startScorer(readModelDirectory(SHIPPED), OPTIONS);
    const [surprises] = await scorer.score(await pairs(scorer.encoder), AbortSignal.timeout(20_000));
    await scorer.close();
    const [started, finished, failure, end] = surprises ?? [];
    expect(Math.min(started ?? 0, finished ?? 0, end ?? 0)).toBeLessThan(failure ?? 0);
    expect(failure ?? 0).toBeGreaterThan((finished ?? 0) + 1);
  });

  it("says something else with any of its parameters changed: the graphs hold no copy of the weights", async () => {
    const directory = join(temporaryDirectory("model"), "model");
    cpSync(SHIPPED, directory, { recursive: true });
    const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
    const weights = readFileSync(join(directory, "weights.bin"));
    const answers = async (changed: Buffer) => {
      writeFileSync(join(directory, "weights.bin"), changed);
      config.files["weights.bin"] = createHash("sha256").update(changed).digest("hex");
      writeFileSync(join(directory, "config.json"), JSON.stringify(config));
      const scorer = await startScorer(readModelDirectory(directory), OPTIONS);
      const usual = await pairs(standInEncoder);
      const odd = eventCode({ severityNumber: 0, gapMs: 0 }, [1, 1, 1, 1]);
      const rows = usual.rows.map((row) => ({ ...row, codes: row.codes.map(() => odd) }));
      const [surprises] = await scorer.score({ ...usual, rows }, AbortSignal.timeout(20_000));
      await scorer.close();
      return [...(surprises ?? [])];
    };
    const shipped = await answers(weights);
    for (const { name, shape, offset } of config.parameters) {
      const changed = Buffer.from(weights);
      const size = shape.reduce((product: number, side: number) => product * side, 1);
      for (let i = 0; i < size; i += 1) {
        const at = offset + 4 * i;
        // No two alike: what all answers have in common a softmax does not show.
        changed.writeFloatLE(weights.readFloatLE(at) * 1.5 + 0.01 * (1 + (i % 7)), at);
      }
      const change = (await answers(changed)).map((value, at) => Math.abs(value - (shipped[at] ?? 0)));
      expect(Math.max(...change), name).toBeGreaterThan(1e-4);
    }
  });

  it("answers every caller in its turn, refuses an overload, and lets a run finish before it closes", async () => {
    const scorer = await startScorer(readModelDirectory(SHIPPED), { ...OPTIONS, maxWaitingRows: 3 });
    const signal = AbortSignal.timeout(20_000);
    const first = await pairs(standInEncoder);
    const second = {
      ...first,
      rows: first.rows.map((row) => ({ ...row, codes: row.codes.map(() => FATAL) })),
    };
    const accepted = [first, second, second].map((batch) => scorer.score(batch, signal));
    await expect(scorer.score(second, signal)).rejects.toThrow(/wait for the model/);
    const closed = scorer.close();
    const [zero, one, again] = await Promise.all(accepted);
    await closed;
    expect(one).toEqual(again);
    expect(zero).not.toEqual(one);
    await expect(scorer.score(second, signal)).rejects.toThrow(/not running/);
  });

  it("answers what is asked of several tables at once as it answers each by itself", async () => {
    const scorer = await startScorer(readModelDirectory(SHIPPED), OPTIONS);
    const signal = AbortSignal.timeout(20_000);
    const first = await pairs(scorer.encoder);
    const dimensions = first.table.vectors.length / TEMPLATES.length;
    // Another service's: fewer candidates, the same rows.
    const second: ScoringBatch = {
      ...first,
      table: { vectors: first.table.vectors.slice(0, 2 * dimensions), residuals: undefined },
    };
    const batches = [first, second, first];
    const apart: (readonly Float32Array[])[] = [];
    for (const batch of batches) apart.push(await scorer.score(batch, signal));
    const together = await Promise.all(batches.map((batch) => scorer.score(batch, signal)));
    await scorer.close();
    expect(together.map(([row]) => row?.length)).toEqual([4, 3, 4]);
    for (const [at, [row]] of together.entries())
      for (const [answer, surprise] of [...(row ?? [])].entries())
        expect(surprise).toBeCloseTo(apart[at]?.[0]?.[answer] ?? Number.NaN, 4);
  });

  it("lets go of a caller that no longer waits", async () => {
    const scorer = await startScorer(readModelDirectory(SHIPPED), OPTIONS);
    await expect(
      scorer.score(await pairs(scorer.encoder), AbortSignal.abort(new Error("gone"))),
    ).rejects.toThrow("gone");
    await scorer.close();
  });
});
