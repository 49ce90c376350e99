import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseResiduals, type Residuals } from "./residuals.ts";

/** A model directory cannot be used: what is wrong with it, and what to do. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly remedy: string;
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in lower-case hexadecimal");

/** The files without which a model does not work. */
const FILES = [
  "model.onnx",
  "candidates.onnx",
  "weights.bin",
  "text-encoder.onnx",
  "tokenizer.json",
] as const;

/** `config.json`: what the directory holds, with the SHA-256 of each of its files. */
const modelDescription = z.object({
  format: z.literal("logbert-event-model/2"),
  version: z.string().min(1),
  events_max: z.int().min(2).max(512),
  text_dimensions: z.int().min(1).max(4_096),
  width: z.int().min(1).max(4_096),
  files: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "expected the name of a file in the directory"), sha256)
    .refine((files) => FILES.every((name) => name in files), `must name ${FILES.join(", ")}`),
});

/** A checked model directory. */
export interface ModelDirectory {
  /** Paths of the ONNX graphs, and of the tokenizer that belongs to the text encoder. */
  readonly graphs: {
    readonly events: string;
    readonly candidates: string;
    readonly texts: string;
    readonly tokenizer: string;
  };
  /** Name of the weights. */
  readonly version: string;
  /** Longest context that the model was trained on, in events. */
  readonly eventsMax: number;
  /** Values of one text vector. */
  readonly textDimensions: number;
  /** Values of one candidate row, and of one residual. */
  readonly width: number;
  /** What training on a service's own logs added to its templates: by service, then by the template's text. */
  readonly residuals: Residuals;
}

const REMEDY =
  "name a directory with config.json and the files that it lists by inference.model or LOGBERT_MODEL, or leave it out for the shipped model; a Hugging Face directory is known by architectures in its config.json";

/** Reads and checks a model directory. Throws a {@link ModelError} when it is missing, damaged or of another kind. */
export function readModelDirectory(directory: string): ModelDirectory {
  const description = readDescription(directory);
  for (const [name, digest] of Object.entries(description.files)) check(join(directory, name), digest);
  return {
    graphs: {
      events: join(directory, "model.onnx"),
      candidates: join(directory, "candidates.onnx"),
      texts: join(directory, "text-encoder.onnx"),
      tokenizer: join(directory, "tokenizer.json"),
    },
    version: description.version,
    eventsMax: description.events_max,
    textDimensions: description.text_dimensions,
    width: description.width,
    residuals: readResidualsOf(directory, description),
  };
}

function readResidualsOf(directory: string, { files, width }: z.infer<typeof modelDescription>): Residuals {
  if (!("residuals.json" in files)) return new Map();
  const path = join(directory, "residuals.json");
  try {
    return parseResiduals(readJson(path), width);
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    throw new ModelError(`${path} is not usable: ${String(cause)}`, REMEDY, { cause });
  }
}

function readDescription(directory: string): z.infer<typeof modelDescription> {
  const path = join(directory, "config.json");
  const json = readJson(path);
  const parsed = modelDescription.safeParse(json);
  if (!parsed.success)
    throw new ModelError(`${path} describes no event model: ${z.prettifyError(parsed.error)}`, REMEDY);
  return parsed.data;
}

function readJson(path: string): unknown {
  const text = read(path).toString("utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path} is no JSON`, REMEDY, { cause });
  }
}

function check(path: string, digest: string): void {
  if (createHash("sha256").update(read(path)).digest("hex") !== digest)
    throw new ModelError(`${path} is damaged: its SHA-256 is not the one in config.json`, REMEDY);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ModelError(`the model file ${path} cannot be read (${code})`, REMEDY, { cause });
  }
}
