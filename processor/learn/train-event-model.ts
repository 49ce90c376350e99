import type { TextEncoder } from "../detect/text-encoder.ts";
import { openTrainingSession } from "../inference/training-session.ts";
import type { CheckpointStore } from "./checkpoint.ts";
import { compareOthers } from "./compare-others.ts";
import type { Corpus, ServiceCorpus } from "./corpus.ts";
import { encodeTemplates } from "./encode-templates.ts";
import { createExaminer, type Examiner } from "./examiner.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { gainsOf } from "./gain.ts";
import { askHeldOut } from "./held-out.ts";
import { objectionTo } from "./judge-gains.ts";
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
  /** Services that nothing is learned from here, but that the weights judge as well: what becomes of them is measured. */
  readonly others?: readonly ServiceCorpus[];
  /** Ends the training after the step in progress; what is done by then is in the checkpoint. */
  readonly signal?: AbortSignal;
}

/** Events that select among weights, and those that the report is about. */
const SELECTION_QUESTIONS_MAX = 2_048;
const TEST_QUESTIONS_MAX = 8_192;
const CHECKPOINT_EVERY_MS = 10_000;
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
  const vectors = await encodeTemplates(corpus.services, encoder, model, signal);
  const plan = createPlan(corpus, model.shape, { seed, epochs: options.epochs, learningRate });
  const examined = { model, vectors, threads };
  const testSet = examinerOf(corpus, "test", TEST_QUESTIONS_MAX, examined);
  const selectionSet = examinerOf(corpus, "selection", SELECTION_QUESTIONS_MAX, examined);
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
    heldOutLoss: async () => (await selectionSet.examine(state.average, state.residuals.averaged)).score.loss,
  }).finally(() => session.close());
  const averaged = (service: number) => state.residuals.averaged(service, state.best.residual);
  const after = await testSet.examine(state.best.average, averaged);
  const { width } = model.description;
  const trained = {
    weights: state.best.average,
    residuals: mergeResiduals(residualsOf(corpus.services, averaged, width), model.residuals),
  };
  const others = await compareOthers(options.others ?? [], trained, { model, encoder, threads, signal });
  const names = corpus.services.map(({ name }) => name);
  const comparison = { learned: gainsOf(testSet.questions, names, before, after), others };
  const { count: questions } = testSet.questions;
  return {
    from: model,
    ...trained,
    report: {
      ...sizesOf(corpus),
      epochs: plan.epochs,
      steps: plan.steps,
      stepsTaken: state.step,
      seconds: state.seconds,
      curve: state.curve,
      heldOut: { questions, before: before.score, after: after.score, ...comparison },
      isBetter: objectionTo(comparison) === undefined,
    },
  };
}

/** What held-out events are asked of. */
interface Examined {
  readonly model: TrainableModel;
  readonly vectors: readonly Float32Array[];
  readonly threads: number;
}

/** The held-out events of one part of a corpus, and how weights do on them. */
function examinerOf(
  { services }: Corpus,
  part: "selection" | "test",
  questionsMax: number,
  { model, vectors, threads }: Examined,
): Examiner {
  const heldOut = services.map((service) => ({
    sequences: service[part],
    templates: service.templates.length,
  }));
  return createExaminer(askHeldOut(heldOut, questionsMax), model, vectors, threads);
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
  if (services.every(({ selection, test }) => selection.length + test.length === 0))
    throw new TrainingError(
      "there is nothing to measure new weights with: no event is left to be held out",
      "give more logs; what people called expected is learned from, and never held out",
    );
}
