import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** A model directory cannot be used: what is wrong with it, and what to do. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly remedy: string;
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** `config.json` of a model directory. */
const modelDescription = z.object({
  format: z.literal("logbert-event-model/1"),
  version: z.string().min(1),
  events_max: z.int().min(2).max(512),
  text_vector_dimensions: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A checked model directory. */
export interface ModelDirectory {
  /** Path of the ONNX graph. */
  readonly graph: string;
  /** Name of the weights. */
  readonly version: string;
  /** Longest context that the model was trained on, in events. */
  readonly eventsMax: number;
  /** Values of one text vector. */
  readonly textVectorDimensions: number;
}

const REMEDY =
  "name a directory with model.onnx and config.json by inference.model or LOGBERT_MODEL, or leave it out for the shipped model; a Hugging Face directory is known by architectures in its config.json";

/** Reads and checks a model directory. Throws a {@link ModelError} when it is missing, damaged or of another kind. */
export function readModelDirectory(directory: string): ModelDirectory {
  const description = readDescription(directory);
  const graph = join(directory, "model.onnx");
  const sha256 = createHash("sha256").update(read(graph)).digest("hex");
  if (sha256 !== description.sha256)
    throw new ModelError(`${graph} is damaged: its SHA-256 is not the one in config.json`, REMEDY);
  return {
    graph,
    version: description.version,
    eventsMax: description.events_max,
    textVectorDimensions: description.text_vector_dimensions,
  };
}

function readDescription(directory: string): z.infer<typeof modelDescription> {
  const path = join(directory, "config.json");
  const text = read(path).toString("utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path} is no JSON`, REMEDY, { cause });
  }
  const parsed = modelDescription.safeParse(json);
  if (!parsed.success)
    throw new ModelError(`${path} describes no event model: ${z.prettifyError(parsed.error)}`, REMEDY);
  return parsed.data;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ModelError(`the model file ${path} cannot be read (${code})`, REMEDY, { cause });
  }
}
