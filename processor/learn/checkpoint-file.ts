import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { z } from "zod";
import type { Checkpoint, CheckpointStore } from "./checkpoint.ts";
import { codeOf, type FileSystem } from "./file-system.ts";
import { TrainingError } from "./training-error.ts";

/** Length of the head in bytes, a 32-bit little-endian number, before the head. */
const PREFIX_BYTES = 4;

/** The head of a checkpoint file, as JSON; the arrays follow it in this order, 32-bit floats first. */
const headSchema = z.strictObject({
  version: z.literal(1),
  fingerprint: z.string(),
  step: z.int().min(0),
  seconds: z.number().min(0),
  curve: z.array(z.strictObject({ step: z.int().min(0), loss: z.number() })),
  bestLoss: z.number(),
  parameters: z.int().min(0),
  residuals: z.int().min(0),
  units: z.int().min(0),
});

/** What was found where a checkpoint may be: nothing, one to go on from, one of another training, or a damaged one. */
export type Found =
  | { readonly kind: "none" | "other" | "damaged" }
  | { readonly kind: "usable"; readonly step: number };

/**
 * Checkpoints in one file. The one before is replaced only by a complete one; a save that fails rejects with a TrainingError.
 *
 * @param onFound told what a load has found
 */
export function createCheckpointFile(
  path: string,
  files: FileSystem,
  onFound: (found: Found) => void = () => undefined,
): CheckpointStore {
  const temporary = `${path}.new`;
  return {
    async load(fingerprint) {
      const bytes = await files.read(path);
      const checkpoint = bytes === undefined ? undefined : decodeCheckpoint(bytes);
      const isUsable = checkpoint?.fingerprint === fingerprint;
      if (bytes === undefined) onFound({ kind: "none" });
      else if (checkpoint === undefined) onFound({ kind: "damaged" });
      else onFound(isUsable ? { kind: "usable", step: checkpoint.step } : { kind: "other" });
      return isUsable ? checkpoint : undefined;
    },
    async save(checkpoint) {
      try {
        await files.makeDirectory(dirname(path));
        await files.write(temporary, encodeCheckpoint(checkpoint));
        await files.rename(temporary, path);
        await files.sync(dirname(path));
      } catch (cause) {
        await files.remove(temporary).catch(() => undefined);
        throw new TrainingError(
          `the checkpoint of step ${checkpoint.step} cannot be written to ${path} (${codeOf(cause)})`,
          "make room, and see that no other training writes there; the same command goes on from the checkpoint before",
          { cause },
        );
      }
    },
  };
}

/** A checkpoint as bytes. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { fingerprint, step, seconds, curve, optimizer, average, residual, best, unitLosses, skipped } =
    checkpoint;
  const head: z.input<typeof headSchema> = {
    version: 1,
    fingerprint,
    step,
    seconds,
    curve: [...curve],
    bestLoss: best.loss,
    parameters: average.length,
    residuals: residual.p.length,
    units: unitLosses.length,
  };
  const json = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(json.length);
  const { p, m, v } = optimizer;
  const arrays = [
    ...[p, m, v, average, best.average],
    ...[residual.p, residual.m, residual.v, residual.average, best.residual],
    unitLosses,
  ];
  return Buffer.concat([
    prefix,
    json,
    ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
    skipped,
  ]);
}

/** What {@link encodeCheckpoint} wrote; undefined for anything else. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = readHead(buffer);
  if (head === undefined) return undefined;
  const { parameters, residuals, units } = head.fields;
  const floats = 5 * parameters + 5 * residuals + units;
  if (buffer.length !== head.end + floats * Float32Array.BYTES_PER_ELEMENT + units) return undefined;
  let at = head.end;
  const take = (length: number) => {
    const end = at + length * Float32Array.BYTES_PER_ELEMENT;
    // Copied to a place of its own, where floats are aligned.
    const values = new Float32Array(new Uint8Array(buffer.subarray(at, end)).buffer);
    at = end;
    return values;
  };
  const optimizer = { p: take(parameters), m: take(parameters), v: take(parameters) };
  const average = take(parameters);
  const bestAverage = take(parameters);
  const residual = { p: take(residuals), m: take(residuals), v: take(residuals), average: take(residuals) };
  const bestResidual = take(residuals);
  const unitLosses = take(units);
  const { fingerprint, step, seconds, curve, bestLoss } = head.fields;
  return {
    fingerprint,
    step,
    seconds,
    curve,
    optimizer,
    average,
    residual,
    best: { loss: bestLoss, average: bestAverage, residual: bestResidual },
    unitLosses,
    skipped: new Uint8Array(buffer.subarray(at)),
  };
}

function readHead(buffer: Buffer) {
  if (buffer.length < PREFIX_BYTES) return undefined;
  const end = PREFIX_BYTES + buffer.readUInt32LE();
  if (end > buffer.length) return undefined;
  try {
    const parsed = headSchema.safeParse(JSON.parse(buffer.toString("utf8", PREFIX_BYTES, end)));
    return parsed.success ? { fields: parsed.data, end } : undefined;
  } catch {
    return undefined;
  }
}
