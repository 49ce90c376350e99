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

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in lower-case hexadecimal");

/** `config.json` of a model whose text vectors are hashed words. */
const hashedDescription = z.object({
  format: z.literal("logbert-event-model/1"),
  version: z.string().min(1),
  events_max: z.int().min(2).max(512),
  text_vector_dimensions: z.int().min(1),
  sha256,
});

/** The files without which a model of format /2 does not work. */
const FILES = ["model.onnx", "text-encoder.onnx", "tokenizer.json"] as const;

/** `config.json` of a model that brings its text encoder, and the SHA-256 of each of its files. */
const encodedDescription = z.object({
  format: z.literal("logbert-event-model/2"),
  version: z.string().min(1),
  events_max: z.int().min(2).max(512),
  text_dimensions: z.int().min(1).max(4_096),
  files: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "expected the name of a file in the directory"), sha256)
    .refine((files) => FILES.every((name) => name in files), `must name ${FILES.join(", ")}`),
});

const modelDescription = z.discriminatedUnion("format", [hashedDescription, encodedDescription]);

/** A checked model directory. */
export interface ModelDirectory {
  /** Path of the event model's ONNX graph. */
  readonly graph: string;
  /** Name of the weights. */
  readonly version: string;
  /** Longest context that the model was trained on, in events. */
  readonly eventsMax: number;
  /** Values of one text vector. */
  readonly textVectorDimensions: number;
  /** Where the text vectors come from; undefined: from hashed words. */
  readonly textEncoder: TextEncoderFiles | undefined;
  /** The paths of all checked files by their names. */
  readonly files: ReadonlyMap<string, string>;
}

/** Paths of a text encoder's files. */
export interface TextEncoderFiles {
  readonly graph: string;
  readonly tokenizer: string;
}

const REMEDY =
  "name a directory with config.json and the files that it lists by inference.model or LOGBERT_MODEL, or leave it out for the shipped model";

/** Reads and checks a model directory. Throws a {@link ModelError} when it is missing, damaged or of another kind. */
export function readModelDirectory(directory: string): ModelDirectory {
  const description = readDescription(directory);
  const expected =
    description.format === "logbert-event-model/1" ? { "model.onnx": description.sha256 } : description.files;
  const files = new Map(Object.keys(expected).map((name) => [name, join(directory, name)]));
  for (const [name, digest] of Object.entries(expected)) check(join(directory, name), digest);
  return {
    graph: join(directory, "model.onnx"),
    version: description.version,
    eventsMax: description.events_max,
    files,
    ...(description.format === "logbert-event-model/1"
      ? { textVectorDimensions: description.text_vector_dimensions, textEncoder: undefined }
      : {
          textVectorDimensions: description.text_dimensions,
          textEncoder: {
            graph: join(directory, "text-encoder.onnx"),
            tokenizer: join(directory, "tokenizer.json"),
          },
        }),
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
