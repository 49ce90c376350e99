import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, type FileSystem } from "./file-system.ts";
import { RESIDUALS, WEIGHTS } from "./trainable-model.ts";
import { TrainingError } from "./training-error.ts";
import type { TrainedModel } from "./training-report.ts";

/** Where a training keeps what it needs to go on, within the directory that it writes. */
export const WORK_DIRECTORY = ".training";
const CONFIG = "config.json";

/**
 * Throws a TrainingError when `directory` holds anything but a model directory and the work of a training: saving would
 * remove it. Brings back the old model where an earlier save was cut off between its two last steps.
 */
export async function prepareOutput(directory: string, files: FileSystem): Promise<void> {
  const { old } = besides(directory);
  const names = await list(directory, files);
  if (names === undefined) {
    if ((await list(old, files)) !== undefined) await files.rename(old, directory);
    return;
  }
  const model = await knownFiles(directory, files);
  const foreign = names.find((name) => name !== WORK_DIRECTORY && !model.has(name));
  if (foreign !== undefined)
    throw new TrainingError(
      `${directory} holds something that is no part of a model (${foreign}), and would be replaced`,
      "name a new directory, or that of a model, by --out",
    );
}

/**
 * Writes a trained model: the files of the model it came from, its own weights and residuals, and a config.json with its
 * name. The whole directory appears at once, and what was there before goes only then.
 *
 * @returns the name of the weights
 * @throws TrainingError when it cannot be written; what was there before stays
 */
export async function saveModel(
  trained: TrainedModel,
  directory: string,
  nowMs: number,
  files: FileSystem,
): Promise<string> {
  const { fresh, old } = besides(directory);
  const { version, contents } = contentsOf(trained, nowMs);
  try {
    await files.remove(fresh);
    await files.makeDirectory(fresh);
    for (const [name, bytes] of contents) await files.write(join(fresh, name), bytes);
    await files.sync(fresh);
    await files.remove(old);
    if ((await files.list(directory)) !== undefined) await files.rename(directory, old);
    await files.rename(fresh, directory);
    await files.sync(dirname(resolve(directory)));
  } catch (cause) {
    await files.remove(fresh).catch(() => undefined);
    const restored = await restore(directory, files);
    throw new TrainingError(
      `the model cannot be written to ${directory} (${codeOf(cause)})${restored ? "; what was there before has stayed" : ""}`,
      "make room or name another directory by --out; the same command goes on from the last checkpoint",
      { cause },
    );
  }
  // The new model is in place: a remainder of the old one is no failure.
  await files.remove(old).catch(() => undefined);
  return version;
}

/** Names of the files that a model directory may hold. */
async function knownFiles(directory: string, files: FileSystem): Promise<ReadonlySet<string>> {
  const config = await files.read(join(directory, CONFIG));
  if (config === undefined) return new Set();
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(config));
    const isModel = typeof parsed === "object" && parsed !== null && "format" in parsed && "files" in parsed;
    const named =
      isModel && typeof parsed.files === "object" && parsed.files !== null ? parsed.files : undefined;
    return named === undefined ? new Set() : new Set([...Object.keys(named), CONFIG, "MODEL_CARD.md"]);
  } catch {
    return new Set();
  }
}

/** Neighbours of the directory that is written, on the same disk, so that a rename is enough: its next and its last contents, and
 * the lock of who writes it. */
export function besides(directory: string) {
  const path = resolve(directory);
  const name = (suffix: string) => join(dirname(path), `.${basename(path)}.${suffix}`);
  return { fresh: name("new"), old: name("old"), lock: name("lock") };
}

async function restore(directory: string, files: FileSystem): Promise<boolean> {
  const { old } = besides(directory);
  const isThere = await files.list(directory).catch(() => undefined);
  if (isThere !== undefined) return true;
  return files.rename(old, directory).then(
    () => true,
    () => false,
  );
}

async function list(directory: string, files: FileSystem): Promise<readonly string[] | undefined> {
  try {
    return await files.list(directory);
  } catch (cause) {
    throw new TrainingError(
      `${directory} cannot be used (${codeOf(cause)})`,
      "name another directory by --out",
      { cause },
    );
  }
}

function contentsOf({ from, weights, residuals, report }: TrainedModel, nowMs: number) {
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  const contents = new Map<string, Uint8Array>(from.files);
  contents.set(WEIGHTS, bytes);
  contents.set(RESIDUALS, Buffer.from(JSON.stringify(residuals)));
  const digests = [...contents].map(([name, content]) => [name, sha256(content)] as const);
  const version = versionOf(from.description.version, digests, nowMs);
  const config = {
    ...from.description,
    version,
    files: Object.fromEntries(digests),
    trained_from: from.description.version,
    training_report: report,
  };
  contents.set(CONFIG, Buffer.from(`${JSON.stringify(config, null, 2)}\n`));
  return { version, contents };
}

/** Example: "logbert-s-1+train-20261125-1f0c2a9b"; what an earlier training added to the name is left out. */
function versionOf(from: string, digests: readonly (readonly [string, string])[], nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "");
  const hash = sha256(Buffer.from(JSON.stringify(digests))).slice(0, 8);
  return `${from.replace(/\+train-.*$/, "")}+train-${day}-${hash}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
