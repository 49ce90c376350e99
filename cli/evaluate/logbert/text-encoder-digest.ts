import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readModelDirectory } from "../../../processor/inference/model-directory.ts";

/**
 * The SHA-256 of a model directory's text encoder: what a reader compares to know that two results had the same one, and that
 * it is the one that has never seen the evaluated system.
 *
 * @throws ModelError for a directory that is no model
 */
export function textEncoderDigest(directory: string): string {
  const { graphs } = readModelDirectory(directory);
  return createHash("sha256").update(readFileSync(graphs.texts)).digest("hex");
}
