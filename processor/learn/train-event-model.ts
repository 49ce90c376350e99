import type { TextEncoder } from "../detect/text-encoder.ts";
import { openRowScorer, openTrainingSession } from "../inference/training-session.ts";
import type { CheckpointStore } from "./checkpoint.ts";
import type { Corpus } from "./corpus.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { askHeldOut, type HeldOutScore, scoreHeldOut } from "./held-out.ts";
import { mergeResiduals } from "./merge-residuals.ts";
import { residualsOf } from "./residual-table.ts";
import { runSteps } from "./run-steps.ts";
import { readTrainableModel, type TrainableModel } from "./trainable-model.ts";
import { TrainingError } from "./training-error.ts";
import { createPlan } from "./training-plan.ts";
import type { TrainedModel, TrainingProgress } from "./training-report.ts";
import { freshState, restoredState } from "./training-state.ts";

/** How a training runs. The same options, corpus and model give the same weights, bit for bit, with one thread. */
export interface TrainingOptions {
  readonly seed?: number;
  readonly threads?: number;
  /** How often each event is seen, about; undefined: so that there are enough steps, see training-plan.ts. */
  readonly epochs?: number | undefined;
  /** Of AdamW, at its highest. */
  readonly learningRate?: number;
  /** Undefined: nothing can be gone on with. */
  readonly checkpoints?: CheckpointStore | undefined;
  readonly checkpointEveryMs?: number | undefined;
  /** Ends the training after the step in progress; what is done by then is in the checkpoint. */
  readonly signal?: AbortSignal;
}

/** Events that select among weights, and those that the report is about. */
const SELECTION_QUESTIONS_MAX = 2_048;
const TEST_QUESTIONS_MAX = 8_192;
const CHECKPOINT_EVERY_MS = 10_000;
/** The encoder works on so many texts at a time, and is told to stop in between. */
const TEXTS_PER_CALL = 256;
/** Fewer events teach nothing that would hold up. */
const EVENTS_MIN = 100;

/**
 * Trains the event model of a directory on a corpus, in this thread; the directory stays as it is.
 *
 * @throws TrainingError for a corpus that teaches nothing, a training that diverges or is stopped; ModelError for a directory
 *   that cannot be trained
 */
export async function trainEventModel(
  corpus: Corpus,
  modelDirectory: string,
  encoder: TextEncoder,
  options: TrainingOptions,
  onProgress: (progress: TrainingProgress) => void = () => undefined,
): Promise<TrainedModel> {
  const model = readTrainableModel(modelDirectory);
  checkCorpus(corpus);
  const { seed = 7, threads = 1, learningRate = 3e-3, signal = new AbortController().signal } = options;
  const vectors = await encodeTemplates(corpus, encoder, model, signal);
  const plan = createPlan(corpus, model.shape, { seed, epochs: options.epochs, learningRate });
  const testSet = createExaminer(corpus, "test", TEST_QUESTIONS_MAX, model, vectors, threads);
  const selectionSet = createExaminer(corpus, "selection", SELECTION_QUESTIONS_MAX, model, vectors, threads);
  const fingerprint = fingerprintOf(corpus, model.description, {
    seed,
    threads,
    learningRate,
    epochs: plan.epochs,
  });
  const fresh = freshState(corpus, model, plan);
  const before = await testSet.examine(model.weights, fresh.residuals.averaged);
  const checkpoint = await options.checkpoints?.load(fingerprint);
  const state = checkpoint === undefined ? fresh : restoredState(fresh, checkpoint);
  const session = await openTrainingSession(model, state.optimizer, threads);
  await runSteps({
    corpus,
    plan,
    state,
    session,
    vectors,
    signal,
    fingerprint,
    checkpoints: options.checkpoints,
    checkpointEveryMs: options.checkpointEveryMs ?? CHECKPOINT_EVERY_MS,
    onProgress,
    heldOutLoss: async () => (await selectionSet.examine(state.average, state.residuals.averaged)).loss,
  }).finally(() => session.close());
  const averaged = (service: number) => state.residuals.averaged(service, state.best.residual);
  const after = await testSet.examine(state.best.average, averaged);
  const { width } = model.description;
  return {
    from: model,
    weights: state.best.average,
    residuals: mergeResiduals(residualsOf(corpus.services, averaged, width), model.residuals),
    report: {
      ...sizesOf(corpus),
      epochs: plan.epochs,
      steps: plan.steps,
      stepsTaken: state.step,
      seconds: state.seconds,
      curve: state.curve,
      heldOut: { questions: testSet.questions, before, after },
      isBetter: after.loss < before.loss,
    },
  };
}

/** Held-out events, and how a model's weights do on them. */
interface Examiner {
  readonly questions: number;
  examine(weights: Float32Array, residualOf: (service: number) => Float32Array): Promise<HeldOutScore>;
}

function createExaminer(
  { services }: Corpus,
  part: "selection" | "test",
  questionsMax: number,
  model: TrainableModel,
  vectors: readonly Float32Array[],
  threads: number,
): Examiner {
  const questions = askHeldOut(
    services.map((service) => ({ sequences: service[part], templates: service.templates.length })),
    questionsMax,
  );
  const vectorsOf = (service: number) => vectors[service] ?? new Float32Array();
  return {
    questions: questions.count,
    async examine(weights, residualOf) {
      const scorer = await openRowScorer(model, weights, threads);
      const score = scoreHeldOut(questions, scorer, model.shape, vectorsOf, residualOf);
      return await score.finally(() => scorer.close());
    },
  };
}

function sizesOf({ services, events, eventsOffered, eventsLeftOut }: Corpus) {
  const templates = services.reduce((sum, service) => sum + service.templates.length, 0);
  return { events, eventsOffered, eventsLeftOut, templates, services: services.length };
}

function checkCorpus({ services, events }: Corpus): void {
  const remedy = "give more logs, or check --format and the stream's key (window.stream)";
  if (events === 0) throw new TrainingError("there is nothing to learn from: no event", remedy);
  const templates = services.reduce((sum, service) => sum + service.templates.length, 0);
  if (templates < 2)
    throw new TrainingError(
      `there is nothing to learn: all ${events} events have the same template, so nothing follows from anything`,
      remedy,
    );
  if (events < EVENTS_MIN)
    throw new TrainingError(`there are only ${events} events; at least ${EVENTS_MIN} are needed`, remedy);
}

/** The text vectors of each service's templates, one after the other. */
async function encodeTemplates(
  { services }: Corpus,
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
