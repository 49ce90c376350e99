import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import { ModelError } from "../model-directory.ts";

/** What to do about a Hugging Face directory that cannot be used. */
export const PRETRAINED_REMEDY =
  "name a directory as Optimum exports it (optimum-cli export onnx --task text-classification or --task fill-mask) by inference.model or LOGBERT_MODEL; docs/pretrained-models.md says which models work";

/** A JSON file of a model directory, checked. Throws a {@link ModelError} that names the file and what is wrong with it. */
export function readModelJson<T>(path: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new ModelError(`${path} is no JSON`, PRETRAINED_REMEDY, { cause });
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ModelError(`the model file ${path} cannot be read (${code})`, PRETRAINED_REMEDY, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new ModelError(`${path} is not usable: ${z.prettifyError(parsed.error)}`, PRETRAINED_REMEDY);
  return parsed.data;
}

/** The same for a file that may be missing: then undefined. */
export function readOptionalModelJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  return existsSync(path) ? readModelJson(path, schema) : undefined;
}

const CHUNK_BYTES = 1 << 20;
const DIGEST_CHARACTERS = 8;

/** Names the weights of a graph. Example: "hf-classifier@3f9a01bc". Weights beside the graph (model.onnx_data) count too. */
export function weightsName(directory: string, graph: string): string {
  const hash = createHash("sha256");
  for (const path of [graph, `${graph}_data`].filter((one) => existsSync(one))) {
    const file = openSync(path, "r");
    const chunk = Buffer.alloc(CHUNK_BYTES);
    try {
      for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
        hash.update(chunk.subarray(0, read));
    } finally {
      closeSync(file);
    }
  }
  return `${basename(directory)}@${hash.digest("hex").slice(0, DIGEST_CHARACTERS)}`;
}
