import type { TextEncoder } from "../detect/text-encoder.ts";
import type { ResidualsFile } from "../inference/residuals.ts";
import type { ServiceCorpus } from "./corpus.ts";
import { encodeTemplates } from "./encode-templates.ts";
import { createExaminer } from "./examiner.ts";
import { type Gains, gainsOf } from "./gain.ts";
import { askEachService } from "./held-out.ts";
import { knownRows } from "./known-rows.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** What a service is judged by. */
interface Weights {
  readonly weights: Float32Array;
  readonly residuals: ResidualsFile;
}

/** What a comparison is made with. */
interface ComparisonTools {
  readonly model: TrainableModel;
  readonly encoder: TextEncoder;
  readonly threads: number;
  readonly signal: AbortSignal;
}

/** Over all services. */
const QUESTIONS_MAX = 2_048;

/**
 * What trained weights do to services that they did not learn from, on the latest fifth of their events; undefined where
 * there is none. They keep their rows, so that it is the weights alone that tell.
 */
export async function compareOthers(
  services: readonly ServiceCorpus[],
  trained: Weights,
  { model, encoder, threads, signal }: ComparisonTools,
): Promise<Gains | undefined> {
  const heldOut = services.map(({ selection, test, templates }) => ({
    sequences: [...selection, ...test],
    templates: templates.length,
  }));
  const questions = askEachService(heldOut, QUESTIONS_MAX);
  if (questions.count === 0) return undefined;
  const vectors = await encodeTemplates(services, encoder, model, signal);
  const examiner = createExaminer(questions, model, vectors, threads);
  const answersOf = ({ weights, residuals }: Weights) => {
    const rows = services.map((service) => knownRows(residuals, service, model.description.width));
    return examiner.examine(weights, (service) => rows[service] ?? new Float32Array());
  };
  const names = services.map(({ name }) => name);
  return gainsOf(questions, names, await answersOf(model), await answersOf(trained));
}
