import { InferenceSession, Tensor } from "onnxruntime-node";
import type { WordPieces } from "./word-pieces.ts";

/** Parts of texts of one run. Those of like length go together, so that short ones are not padded to the longest of all. */
const PARTS_PER_RUN = 32;

/** The text encoder's graph, loaded. Its run blocks the calling thread. */
export interface TextEncoderSession {
  /**
   * The texts' unit vectors, one after the other, `dimensions` values each. A text that is longer than the encoder reads at
   * once is read in parts; its vector points where they point on average, each weighed by its length.
   */
  encode(texts: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads a text encoder's graph: `input_ids` and `attention_mask` [B, T] to `embedding` [B, dimensions]. Rejects when the
 * file is no such graph.
 */
export async function openTextEncoderSession(
  graph: string,
  pieces: WordPieces,
  dimensions: number,
  threads: number,
): Promise<TextEncoderSession> {
  const session = await InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const missing = ["input_ids", "attention_mask"].filter((name) => !session.inputNames.includes(name));
  if (missing.length > 0 || !session.outputNames.includes("embedding"))
    throw new Error(`the text encoder's graph lacks ${missing.join(", ") || "the output embedding"}`);

  const run = async (rows: readonly (readonly number[])[]): Promise<Float32Array> => {
    const { embedding } = await session.run(toTensors(rows));
    const values = embedding?.data;
    if (!(values instanceof Float32Array) || values.length !== rows.length * dimensions)
      throw new Error(`the text encoder's vectors do not have ${dimensions} values each`);
    if (!values.every(Number.isFinite)) throw new Error("the text encoder's vectors are not finite");
    return values;
  };

  return {
    async encode(texts) {
      const parts = texts.flatMap((text, index) => pieces.parts(text).map((ids) => ({ index, ids })));
      parts.sort((a, b) => a.ids.length - b.ids.length);
      const vectors = new Float32Array(texts.length * dimensions);
      for (let from = 0; from < parts.length; from += PARTS_PER_RUN) {
        const some = parts.slice(from, from + PARTS_PER_RUN);
        const values = await run(some.map(({ ids }) => ids));
        for (const [at, { index, ids }] of some.entries())
          add(
            vectors,
            index * dimensions,
            values.subarray(at * dimensions, (at + 1) * dimensions),
            ids.length,
          );
      }
      for (let from = 0; from < vectors.length; from += dimensions)
        normalise(vectors.subarray(from, from + dimensions));
      return vectors;
    },
    close: () => session.release(),
  };
}

function add(vectors: Float32Array, from: number, part: Float32Array, weight: number): void {
  for (const [at, value] of part.entries()) vectors[from + at] = (vectors[from + at] ?? 0) + weight * value;
}

function normalise(vector: Float32Array): void {
  const length = Math.hypot(...vector) || 1;
  for (const [at, value] of vector.entries()) vector[at] = value / length;
}

/** Rows of different lengths, padded with the id 0 to the longest. */
function toTensors(rows: readonly (readonly number[])[]): Record<string, Tensor> {
  const width = Math.max(2, ...rows.map((ids) => ids.length));
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(ids.length);
  for (const [row, pieces] of rows.entries()) {
    for (const [column, id] of pieces.entries()) {
      ids[row * width + column] = BigInt(id);
      mask[row * width + column] = 1n;
    }
  }
  const shape = [rows.length, width];
  return { input_ids: new Tensor("int64", ids, shape), attention_mask: new Tensor("int64", mask, shape) };
}
