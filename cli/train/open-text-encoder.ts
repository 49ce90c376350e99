import type { TextEncoder } from "../../processor/detect/text-encoder.ts";
import { ModelError } from "../../processor/inference/model-directory.ts";

/** Opens the text encoder of a model directory. Throws a ModelError where there is none. */
export async function openTextEncoder(
  directory: string,
): Promise<{ readonly encoder: TextEncoder; close(): Promise<void> }> {
  throw new ModelError(`${directory} has no text encoder`, "name another model directory by --from");
}
