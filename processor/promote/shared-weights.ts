import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type ModelPart, PART_BYTES_MAX, type TrainingStore } from "../../store/training.ts";
import { ModelError } from "../inference/model-directory.ts";
import { readModelDirectoryAside } from "../inference/read-aside.ts";

const CONFIG = "config.json";
/** The files of trained weights: what the store names besides is not written down. */
const NAMES: readonly string[] = [
  CONFIG,
  "model.onnx",
  "candidates.onnx",
  "weights.bin",
  "training-step.onnx",
  "text-encoder.onnx",
  "tokenizer.json",
  "residuals.json",
];
/** Those of a service with a thousand templates take 3 MB. */
const PARTS_MAX = 1_024;
const REMEDY = "go back to other weights (rollbackModel), or ask for another training";

const config = z.looseObject({ files: z.record(z.string(), z.unknown()) });

/** Hands the weights of a directory to the other stages, unless they have them. Rejects with what went wrong; the next call goes on. */
export async function shareWeights(
  store: Pick<TrainingStore, "modelParts" | "saveModelPart">,
  version: string,
  directory: string,
): Promise<void> {
  // It comes last: where it is, all is.
  if ((await store.modelParts(version, PARTS_MAX)).some(({ name }) => name === CONFIG)) return;
  const json: unknown = JSON.parse(await readFile(join(directory, CONFIG), "utf8"));
  const names = [...Object.keys(config.parse(json).files), CONFIG];
  const other = names.find((name) => !NAMES.includes(name));
  if (other !== undefined)
    throw new ModelError(
      `the weights ${version} have the file ${other}, which stages do not hand to each other`,
      `name by inference.model a directory whose config.json lists ${NAMES.slice(1).join(", ")} only`,
    );
  let parts = 0;
  for (const name of names) {
    let part = 0;
    for await (const content of partsOf(join(directory, name))) {
      if (parts === PARTS_MAX) throw tooLarge(version);
      await store.saveModelPart(version, name, part, content);
      part += 1;
      parts += 1;
    }
  }
}

/**
 * Writes the weights that another stage has handed over to `directory`, which appears at once, checked, or not at all. Rejects with a
 * ModelError where they are not there, not as they should be, or too large, and with the store's error or the file system's.
 */
export async function fetchWeights(
  store: Pick<TrainingStore, "modelParts" | "modelPart">,
  version: string,
  directory: string,
): Promise<void> {
  const parts = await store.modelParts(version, PARTS_MAX + 1);
  refuseParts(version, parts);
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  try {
    await mkdir(fresh, { recursive: true });
    for (const { name, part } of parts)
      await write(join(fresh, name), await contentOf(store, version, name, part));
    const read = await readModelDirectoryAside(fresh);
    if (read.version !== version)
      throw new ModelError(`the database has the weights ${read.version} as ${version}`, REMEDY);
    await rm(directory, { recursive: true, force: true });
    await rename(fresh, directory);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Before anything is read or written. */
function refuseParts(version: string, parts: readonly ModelPart[]): void {
  if (parts.length === 0) throw new ModelError(`the database has no files of the weights ${version}`, REMEDY);
  if (parts.length > PARTS_MAX || parts.some(({ bytes }) => bytes > PART_BYTES_MAX)) throw tooLarge(version);
  let before: ModelPart | undefined;
  for (const one of parts) {
    if (!NAMES.includes(one.name))
      throw new ModelError(
        `the database has a file of the weights ${version} whose name is none of ${NAMES.join(", ")}`,
        REMEDY,
      );
    const expected = before?.name === one.name ? before.part + 1 : 0;
    if (one.part !== expected)
      throw new ModelError(`the database lacks a part of ${one.name} of the weights ${version}`, REMEDY);
    before = one;
  }
}

function tooLarge(version: string): ModelError {
  const mebibytes = (PARTS_MAX * PART_BYTES_MAX) / 1024 / 1024;
  return new ModelError(
    `the weights ${version} have more than ${mebibytes} MiB, or a part too large`,
    REMEDY,
  );
}

async function contentOf(
  store: Pick<TrainingStore, "modelPart">,
  version: string,
  name: string,
  part: number,
): Promise<Uint8Array> {
  const content = await store.modelPart(version, name, part);
  if (content === undefined)
    throw new ModelError(`the database no longer has ${name} of the weights ${version} as it was`, REMEDY);
  return content;
}

async function write(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** A file's bytes, in parts as the store takes them. */
async function* partsOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: PART_BYTES_MAX }))
    if (chunk instanceof Uint8Array) yield chunk;
}
