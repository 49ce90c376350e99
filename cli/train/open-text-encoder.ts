import { readFileSync } from "node:fs";
import type { TextEncoder } from "../../processor/detect/text-encoder.ts";
import { ModelError, readModelDirectory } from "../../processor/inference/model-directory.ts";
import { openTextEncoderSession } from "../../processor/inference/text-encoder-session.ts";
import { openWordPieces } from "../../processor/inference/word-pieces.ts";

/** A text encoder in this thread, with its graph to give back. */
export interface OpenTextEncoder {
  readonly encoder: TextEncoder;
  close(): Promise<void>;
}

/** Opens the text encoder of a model directory. Throws a ModelError where it cannot be used. */
export async function openTextEncoder(directory: string): Promise<OpenTextEncoder> {
  const { graphs, textDimensions: dimensions } = readModelDirectory(directory);
  try {
    const pieces = openWordPieces(readFileSync(graphs.tokenizer, "utf8"));
    const session = await openTextEncoderSession(graphs.texts, pieces, dimensions, 1);
    const encode: TextEncoder["encode"] = async (texts, signal) => {
      signal.throwIfAborted();
      const vectors = await session.encode(texts);
      return texts.map((_, index) => vectors.slice(index * dimensions, (index + 1) * dimensions));
    };
    return { encoder: { dimensions, encode }, close: session.close };
  } catch (cause) {
    throw new ModelError(
      `the text encoder of ${directory} cannot be loaded: ${String(cause)}`,
      "name another model directory by --from",
      { cause },
    );
  }
}
