import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { PretrainedKind } from "../../detect/pretrained-scorer.ts";
import { ModelError } from "../model-directory.ts";
import { anomalyLabel } from "./anomaly-label.ts";
import type { ClassifierHead } from "./classify.ts";
import { findGraph } from "./find-graph.ts";
import { PRETRAINED_REMEDY, readModelJson, weightsName } from "./model-file.ts";
import { openPieceTokenizer } from "./piece-tokenizer.ts";
import { readTokenizerFiles, type TokenizerFiles } from "./tokenizer-files.ts";

/** Longest input, whatever the model bears: attention costs the square of it. */
const TOKENS_MAX = 512;
const TOKENS_MIN = 8;
/** transformers leaves both labels out of config.json where they have their default names. */
const DEFAULT_LABELS: Readonly<Record<string, string>> = { "0": "LABEL_0", "1": "LABEL_1" };

/** `config.json`, as far as it is read. */
const modelConfig = z.looseObject({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).min(1),
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
  problem_type: z.string().nullish(),
  max_position_embeddings: z.int().optional(),
});
type ModelConfig = z.infer<typeof modelConfig>;

/** What people choose of a Hugging Face directory. */
export interface PretrainedChoices {
  /** The directory. */
  readonly directory: string;
  /** Name of the label that means an anomaly; empty: found by its name. */
  readonly anomalyLabel: string;
  /** The ONNX file; empty: found by its name. */
  readonly graphFile: string;
}

/** What a model's logits mean. */
export type PretrainedTask =
  | ({ readonly kind: Extract<PretrainedKind, "classifier"> } & ClassifierHead)
  | { readonly kind: Extract<PretrainedKind, "masked-language-model"> };

/** A checked Hugging Face directory: plain data, for the thread that runs it. */
export interface PretrainedDirectory {
  /** Path of the ONNX graph. */
  readonly graph: string;
  /** Name of the weights. */
  readonly version: string;
  readonly task: PretrainedTask;
  readonly tokenizer: TokenizerFiles;
  /** Longest input in word pieces, special ones included. */
  readonly tokensMax: number;
}

/** Whether a directory is one of Hugging Face's making rather than one of logbert's own; false when it cannot be read. */
export function isPretrainedDirectory(directory: string): boolean {
  try {
    const config: unknown = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
    return (
      typeof config === "object" &&
      config !== null &&
      !("format" in config) &&
      ("architectures" in config || "model_type" in config)
    );
  } catch {
    return false;
  }
}

/** Reads and checks a Hugging Face directory; the graph itself is opened later. Throws a {@link ModelError}. */
export function readPretrainedDirectory(choices: PretrainedChoices): PretrainedDirectory {
  const { directory } = choices;
  const file = join(directory, "config.json");
  const config = readModelJson(file, modelConfig);
  const task = taskOf(config, file, choices.anomalyLabel);
  const graph = findGraph(directory, choices.graphFile);
  const tokenizer = readTokenizerFiles(directory);
  const { mask } = openPieceTokenizer(tokenizer).special;
  if (task.kind === "masked-language-model" && mask === undefined)
    throw new ModelError(
      `${join(directory, "tokenizer.json")} has no mask token, which a masked language model needs`,
      "name it as mask_token in tokenizer_config.json",
    );
  return {
    graph,
    version: weightsName(directory, graph),
    task,
    tokenizer,
    tokensMax: tokensMaxOf(config, tokenizer, file),
  };
}

function taskOf(config: ModelConfig, file: string, label: string): PretrainedTask {
  const [architecture = ""] = config.architectures;
  if (architecture.endsWith("ForMaskedLM")) return { kind: "masked-language-model" };
  if (!architecture.endsWith("ForSequenceClassification"))
    throw new ModelError(
      `${file}: the architecture ${architecture} is neither a sequence classifier (…ForSequenceClassification) nor a masked language model (…ForMaskedLM)`,
      PRETRAINED_REMEDY,
    );
  const labels = labelsOf(config, file);
  return {
    kind: "classifier",
    labels: labels.length,
    anomalyLabel: anomalyLabel(labels, label, file),
    isMultiLabel: config.problem_type === "multi_label_classification",
  };
}

function labelsOf({ id2label = DEFAULT_LABELS }: ModelConfig, file: string): readonly string[] {
  const count = Object.keys(id2label).length;
  const labels = Array.from({ length: count }, (_, index) => id2label[String(index)]);
  const named = labels.filter((label) => label !== undefined);
  if (named.length === count && count >= 2) return named;
  throw new ModelError(
    `${file}: id2label must name two labels or more, numbered from 0; found ${Object.keys(id2label).join(", ") || "none"}`,
    PRETRAINED_REMEDY,
  );
}

function tokensMaxOf(config: ModelConfig, { tokenizerConfig }: TokenizerFiles, file: string): number {
  const found = Math.min(
    TOKENS_MAX,
    config.max_position_embeddings ?? TOKENS_MAX,
    tokenizerConfig.model_max_length ?? TOKENS_MAX,
  );
  if (found >= TOKENS_MIN) return found;
  throw new ModelError(
    `${file}: an input of ${found} word pieces is too short for a log line`,
    `max_position_embeddings and model_max_length (tokenizer_config.json) must be ${TOKENS_MIN} or more`,
  );
}
