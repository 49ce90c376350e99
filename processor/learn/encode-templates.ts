import type { TextEncoder } from "../detect/text-encoder.ts";
import type { ServiceCorpus } from "./corpus.ts";
import type { TrainableModel } from "./trainable-model.ts";
import { TrainingError } from "./training-error.ts";

/** The encoder works on so many texts at a time, and is told to stop in between. */
const TEXTS_PER_CALL = 256;

/**
 * The text vectors of each service's templates, one after the other.
 *
 * @throws TrainingError for an encoder of another model
 */
export async function encodeTemplates(
  services: readonly Pick<ServiceCorpus, "templates">[],
  encoder: TextEncoder,
  model: TrainableModel,
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const { text_dimensions: dimensions } = model.description;
  if (encoder.dimensions !== dimensions)
    throw new TrainingError(
      `the text encoder gives ${encoder.dimensions} values a text, the model reads ${dimensions}`,
      "use the text encoder of the model's own directory",
    );
  const tables: Float32Array[] = [];
  for (const { templates } of services) {
    const table = new Float32Array(templates.length * dimensions);
    for (let from = 0; from < templates.length; from += TEXTS_PER_CALL) {
      const vectors = await encoder.encode(templates.slice(from, from + TEXTS_PER_CALL), signal);
      for (const [index, vector] of vectors.entries()) table.set(vector, (from + index) * dimensions);
    }
    tables.push(table);
  }
  return tables;
}
