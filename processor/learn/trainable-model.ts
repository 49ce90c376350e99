import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ModelError } from "../inference/model-directory.ts";
import { type ResidualsFile, residualsFile } from "../inference/residuals.ts";
import type { BatchShape } from "./batches.ts";

const count = z.int().min(1).max(65_536);
const fileName = z.string().regex(/^[\w-][\w.-]*$/, "must be a plain file name");

/** `config.json` of a model directory with a training step; keys beyond these are kept as they are. */
const description = z.looseObject({
  format: z.literal("logbert-event-model/2"),
  version: z.string().min(1).max(256),
  text_dimensions: count,
  width: count,
  parameter_features: count,
  training: z.object({ rows: count, positions: count, candidates: count, masked: count }),
  parameters: z.array(
    z.object({ name: z.string().min(1), shape: z.array(count).min(1), offset: z.int().min(0) }),
  ),
  files: z.record(fileName, z.string().regex(/^[0-9a-f]{64}$/)),
});
export type ModelDescription = z.infer<typeof description>;

/** Where one parameter lies in weights.bin. */
export interface ParameterPlace {
  readonly name: string;
  readonly shape: readonly number[];
  /** In bytes. */
  readonly offset: number;
}

/** A model that can be trained on: its graphs, and the weights that they stand with. */
export interface TrainableModel {
  readonly description: ModelDescription;
  /** The files that config.json names, and their bytes. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** The parameters, one after the other. */
  readonly weights: Float32Array;
  readonly places: readonly ParameterPlace[];
  readonly residuals: ResidualsFile;
  readonly shape: BatchShape;
}

export const GRAPHS = {
  step: "training-step.onnx",
  scoring: "model.onnx",
  candidates: "candidates.onnx",
} as const;
export const WEIGHTS = "weights.bin";
export const RESIDUALS = "residuals.json";

const REMEDY =
  "name a model directory of format logbert-event-model/2 by --from, or leave it out for the shipped model";
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Reads and checks a model directory. Throws a {@link ModelError} when it is missing, damaged or of another version. */
export function readTrainableModel(directory: string): TrainableModel {
  const config = readDescription(directory);
  const files = new Map(
    Object.entries(config.files).map(([name, sha256]) => [name, readChecked(join(directory, name), sha256)]),
  );
  for (const name of [...Object.values(GRAPHS), WEIGHTS])
    if (!files.has(name)) throw new ModelError(`${directory} has no ${name}: it cannot be trained`, REMEDY);
  const bytes = files.get(WEIGHTS) ?? new Uint8Array();
  const end = config.parameters.reduce((offset, { name, shape, offset: at }) => {
    if (at !== offset)
      throw new ModelError(
        `${directory}/config.json: the parameter ${name} does not follow its neighbour`,
        REMEDY,
      );
    return offset + BYTES * shape.reduce((a, b) => a * b, 1);
  }, 0);
  if (end !== bytes.length)
    throw new ModelError(
      `${directory}/${WEIGHTS} has ${bytes.length} bytes, config.json says ${end}`,
      REMEDY,
    );
  return {
    description: config,
    files,
    weights: new Float32Array(bytes.slice().buffer),
    places: config.parameters,
    residuals: readResiduals(directory, files.get(RESIDUALS), config.width),
    shape: { ...config.training, features: config.parameter_features },
  };
}

function readDescription(directory: string): ModelDescription {
  const path = join(directory, "config.json");
  const parsed = description.safeParse(parseJson(path, read(path)));
  if (!parsed.success)
    throw new ModelError(
      `${path} describes no model that can be trained: ${z.prettifyError(parsed.error)}`,
      REMEDY,
    );
  return parsed.data;
}

function readResiduals(directory: string, bytes: Uint8Array | undefined, width: number): ResidualsFile {
  if (bytes === undefined) return { version: 1, services: [] };
  const path = join(directory, RESIDUALS);
  const parsed = residualsFile(width).safeParse(parseJson(path, bytes));
  if (!parsed.success)
    throw new ModelError(`${path} cannot be used: ${z.prettifyError(parsed.error)}`, REMEDY);
  return parsed.data;
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ModelError(`${path} is no JSON`, REMEDY, { cause });
  }
}

function readChecked(path: string, sha256: string): Uint8Array<ArrayBuffer> {
  const bytes = read(path);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw new ModelError(`${path} is damaged: its SHA-256 is not the one in config.json`, REMEDY);
  return bytes;
}

function read(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ModelError(`the model file ${path} cannot be read (${code})`, REMEDY, { cause });
  }
}
