import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ModelError } from "../../../../processor/inference/model-directory.ts";
import type { ParameterPlace } from "../../../../processor/learn/trainable-model.ts";
import { packageFile } from "../../../package-files.ts";

const count = z.int().min(1).max(65_536);

/** `config.json` beside the graphs, as models/train/baselines writes it. */
const description = z.object({
  format: z.literal("logbert-masked-model/1"),
  width: count,
  words: count,
  rows: count,
  positions: count.min(2),
  masked: count,
  parameters: z.array(
    z.object({
      name: z.string().min(1),
      shape: z.array(count).min(1),
      offset: z.int().min(0),
      mean: z.number(),
      deviation: z.number().min(0),
    }),
  ),
});

/** Where a parameter lies among the weights, and how its values are drawn before the first step. */
export interface DrawnParameter extends ParameterPlace {
  readonly mean: number;
  readonly deviation: number;
}

/** Sizes that the training step's graph has built in. */
export interface MaskedModelShape {
  /** Values of a hidden state. */
  readonly width: number;
  /** Words that a vocabulary may have, beside the special tokens. */
  readonly words: number;
  readonly rows: number;
  /** Tokens of a row, the first one included. */
  readonly positions: number;
  /** Masked places of all rows. */
  readonly masked: number;
}

/** The graphs of a small masked language model over a closed vocabulary, without weights. */
export interface MaskedModel {
  readonly shape: MaskedModelShape;
  readonly parameters: readonly DrawnParameter[];
  readonly step: Uint8Array;
  readonly scoring: Uint8Array;
}

const REMEDY =
  "evaluate in a checkout of the repository, where models/baselines is, or name other detectors with --detectors";

/** Reads the graphs for one kind of words. Throws a {@link ModelError} when they are missing or of another version. */
export function readMaskedModel(kind: "log-keys" | "words"): MaskedModel {
  const directory = packageFile(`models/baselines/${kind}`);
  const path = join(directory, "config.json");
  const parsed = description.safeParse(parseJson(path));
  if (!parsed.success)
    throw new ModelError(`${path} describes no masked model: ${z.prettifyError(parsed.error)}`, REMEDY);
  const { format: _, parameters, ...shape } = parsed.data;
  return {
    shape,
    parameters,
    step: read(join(directory, "training-step.onnx")),
    scoring: read(join(directory, "model.onnx")),
  };
}

function parseJson(path: string): unknown {
  const bytes = read(path);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ModelError(`${path} is no JSON`, REMEDY, { cause });
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ModelError(`${path} cannot be read`, REMEDY, { cause });
  }
}
