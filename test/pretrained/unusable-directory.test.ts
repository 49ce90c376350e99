import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeFor } from "../../cli/exit-code.ts";
import { checkModel, openScorer } from "../../cli/open-scorer.ts";
import { inferenceConfig } from "../../processor/inference/config.ts";
import { ModelError } from "../../processor/inference/model-directory.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "../product/run-command.ts";
import { fixture } from "./golden.ts";

/** A copy of a fixture that `change` breaks. */
function broken(change: (directory: string) => void, name = "hf-classifier"): string {
  const directory = temporaryDirectory("pretrained");
  cpSync(fixture(name), directory, { recursive: true });
  change(directory);
  return directory;
}

function edit(file: string, changes: Readonly<Record<string, unknown>>) {
  return (directory: string) => {
    const path = join(directory, file);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
  };
}

function graph(name: string) {
  return (directory: string) =>
    cpSync(join(fixture("hf-broken"), `${name}.onnx`), join(directory, "model.onnx"));
}

const options = (model: string, settings: Readonly<Record<string, unknown>> = {}) =>
  inferenceConfig.parse({ model, ...settings });

/** What is said of a model that cannot be used, remedy below; the program leaves with 2 then. */
async function refusal(attempt: () => unknown): Promise<string> {
  const error = await Promise.resolve()
    .then(attempt)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!(error instanceof ModelError)) throw new Error(`refused by no ModelError but ${String(error)}`);
  expect(exitCodeFor(error)).toBe(2);
  return `${error.message}\n${error.remedy}`;
}

/** Runs a command of the real program with a model. */
function run(command: readonly string[], model: string) {
  const cwd = temporaryDirectory("pretrained");
  return runCommand(command, { cwd, input: "one line\n", environment: { LOGBERT_MODEL: model } });
}

describe("a directory whose files cannot be used is refused by a check, with file, finding and remedy", () => {
  it.each<[string, (directory: string) => void, RegExp]>([
    ["no graph", (d) => rmSync(join(d, "model.onnx")), /holds no ONNX graph.*\n.*optimum-cli export onnx/],
    [
      "several graphs, none of them model.onnx",
      (d) => {
        renameSync(join(d, "model.onnx"), join(d, "model_O2.onnx"));
        mkdirSync(join(d, "onnx"));
        cpSync(join(d, "model_O2.onnx"), join(d, "onnx/model_quantized.onnx"));
      },
      /several ONNX graphs.*: model_O2\.onnx, onnx\/model_quantized\.onnx\n.*inference\.graph_file/,
    ],
    [
      "another architecture",
      edit("config.json", { architectures: ["GPT2LMHeadModel"] }),
      /config\.json: the architecture GPT2LMHeadModel is neither/,
    ],
    [
      "no architecture",
      edit("config.json", { architectures: [] }),
      /config\.json is not usable:[\s\S]*architectures/,
    ],
    [
      "labels that leave a choice",
      edit("config.json", { id2label: { 0: "a", 1: "b", 2: "c" } }),
      /config\.json does not tell which label means an anomaly: a, b, c\n.*inference\.anomaly_label/,
    ],
    [
      "labels with gaps",
      edit("config.json", { id2label: { 0: "normal", 2: "anomaly" } }),
      /id2label must name two labels/,
    ],
    ["no tokenizer", (d) => rmSync(join(d, "tokenizer.json")), /tokenizer\.json cannot be read \(ENOENT\)/],
    [
      "a tokenizer that is no JSON",
      (d) => writeFileSync(join(d, "tokenizer.json"), "{"),
      /tokenizer\.json is no JSON/,
    ],
    [
      "a tokenizer of another kind",
      edit("tokenizer.json", { model: { type: "BPE", vocab: {}, merges: [] } }),
      /tokenizer\.json: the model BPE is not supported \(only WordPiece\)\n.*WordPiece tokenizer/,
    ],
    [
      "a normaliser that changes more than characters",
      edit("tokenizer.json", { normalizer: { type: "Sequence", normalizers: [{ type: "NFKC" }] } }),
      /the normalizer NFKC is not supported/,
    ],
    [
      "no separator",
      edit("tokenizer_config.json", { sep_token: "<end>" }),
      /tokenizer\.json lacks the token <end>\n.*sep_token in tokenizer_config\.json/,
    ],
    [
      "an input that is too short",
      edit("config.json", { max_position_embeddings: 4 }),
      /an input of 4 word pieces is too short/,
    ],
  ])("%s", async (_, change, message) => {
    const model = options(broken(change));
    expect(await refusal(() => checkModel(model))).toMatch(message);
  });

  it("a masked language model without a mask token", async () => {
    const directory = broken(edit("tokenizer_config.json", { mask_token: "<mask>" }), "hf-mlm");
    expect(await refusal(() => checkModel(options(directory)))).toMatch(/tokenizer\.json has no mask token/);
  });
});

describe("a graph that cannot be used is refused at the start, with what was found", () => {
  it.each<[string, (directory: string) => void, RegExp]>([
    [
      "no graph at all",
      (d) => writeFileSync(join(d, "model.onnx"), "garbage"),
      /model\.onnx cannot be loaded: /,
    ],
    [
      "another input",
      graph("pixels"),
      /its inputs are input_ids, attention_mask, pixel_values; needed are input_ids/,
    ],
    ["no logits", graph("no-logits"), /its outputs are last_hidden_state; needed is logits/],
    ["other logits than labels", graph("three-labels"), /shape 1 x 3, but config\.json names 2 labels/],
    ["half precision", graph("half-precision"), /its output logits is float16; needed is float32/],
    ["NaN", graph("nan"), /its logits hold a value that is no finite number \(NaN\)/],
    [
      "a classifier where a masked language model is named",
      edit("config.json", { architectures: ["BertForMaskedLM"] }),
      /shape \d+ x 2; needed is rows x positions x vocabulary/,
    ],
  ])("%s", async (_, change, message) => {
    const said = await refusal(() => openScorer(options(broken(change)), () => undefined));
    expect(said).toMatch(message);
    expect(said).toContain("docs/pretrained-models.md");
  });
});

describe("what people choose of a directory", () => {
  it("is a label by name, whatever it is called", async () => {
    const directory = broken(edit("config.json", { id2label: { 0: "a", 1: "b" } }));
    checkModel(options(directory, { anomaly_label: "b" }));
    expect(await refusal(() => checkModel(options(directory, { anomaly_label: "c" })))).toContain(
      "name one of: a, b",
    );
  });

  it("is a graph by name", async () => {
    const directory = broken((d) => renameSync(join(d, "model.onnx"), join(d, "mine.onnx")));
    cpSync(join(directory, "mine.onnx"), join(directory, "other.onnx"));
    checkModel(options(directory, { graph_file: "mine.onnx" }));
    expect(await refusal(() => checkModel(options(directory, { graph_file: "none.onnx" })))).toContain(
      "mine.onnx, other.onnx",
    );
  });

  it("need not be told where the only graph has another name", () => {
    const directory = broken((d) => renameSync(join(d, "model.onnx"), join(d, "model_quantized.onnx")));
    checkModel(options(directory));
  });
});

describe("from the outside", () => {
  it("`logbert validate` and `logbert score` say it on stderr and leave with 2", async () => {
    const files = await run(
      ["validate"],
      broken((d) => rmSync(join(d, "tokenizer.json"))),
    );
    expect(files.stderr).toMatch(/tokenizer\.json cannot be read \(ENOENT\)\n.*optimum-cli export onnx/);
    expect(files.code).toBe(2);
    const numbers = await run(["score", "-"], broken(graph("nan")));
    expect(numbers.stderr).toMatch(/model\.onnx cannot be loaded: .*\(NaN\)\n.*docs\/pretrained-models\.md/);
    expect(numbers.code).toBe(2);
  });
});
