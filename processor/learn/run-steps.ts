import type { StepResult, TrainingSession } from "../inference/training-session.ts";
import { type Batch, createBatch } from "./batches.ts";
import type { Checkpoint, CheckpointStore } from "./checkpoint.ts";
import type { Corpus, ServiceCorpus } from "./corpus.ts";
import { createKeyedRandom, type KeyedRandom } from "./keyed-random.ts";
import { averageDecay, learningRate, moveAverage } from "./schedule.ts";
import { TrainingError } from "./training-error.ts";
import type { TrainingPlan } from "./training-plan.ts";
import type { TrainingProgress } from "./training-report.ts";
import type { TrainingState } from "./training-state.ts";
import { trimmedUnits } from "./trimming.ts";
import { planEpoch } from "./units.ts";

/** What the steps work on. `state` is changed. */
export interface Work {
  readonly corpus: Corpus;
  readonly plan: TrainingPlan;
  readonly state: TrainingState;
  readonly session: TrainingSession;
  /** Text vectors of each service's templates. */
  readonly vectors: readonly Float32Array[];
  readonly signal: AbortSignal;
  readonly fingerprint: string;
  readonly checkpoints: CheckpointStore | undefined;
  readonly checkpointEveryMs: number;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Of the averaged weights as they are now. */
  readonly heldOutLoss: () => Promise<number>;
}

/** Looks at the held-out events without a gain after which training stops, and what counts as a gain, in nats. */
const PATIENCE = 4;
const GAIN_MIN = 0.000_5;
/** Keeps the draws for batches apart from those for the order of an epoch. */
const BATCH_STREAM = 1;

/** Takes the steps that are left. Rejects with a TrainingError when the loss is no number or the signal says stop. */
export async function runSteps(work: Work): Promise<void> {
  const { plan, state, signal } = work;
  const meter = createMeter(work);
  const saver = createSaver(work);
  let batches = batchesOf(plan, state);
  if (state.step === 0) await look(work);
  while (state.step < plan.steps && !isExhausted(state)) {
    const epoch = epochOf(plan, state.step);
    const inEpoch = state.step % plan.stepsPerEpoch;
    if (inEpoch === 0 && epoch > 0) {
      beginEpoch(state);
      batches = batchesOf(plan, state);
    }
    const random = createKeyedRandom(plan.seed, epoch, BATCH_STREAM, inEpoch);
    const { loss, events } = await takeStep(work, batches[inEpoch] ?? new Uint32Array(), random);
    if (state.step % plan.stepsPerLook === 0 || state.step === plan.steps) await look(work);
    meter.tell(loss, events);
    await saver.saveWhenDue();
    if (signal.aborted) throw stopped(work);
  }
}

function stopped({ state, plan, checkpoints }: Work): TrainingError {
  return new TrainingError(
    `training was stopped after step ${state.step} of ${plan.steps}`,
    checkpoints === undefined ? "start it again" : "the same command goes on from there",
  );
}

/** The batches of the epoch that the state is in. */
function batchesOf(plan: TrainingPlan, { step, skipped }: TrainingState): readonly Uint32Array[] {
  return planEpoch(plan.units, plan.shape.rows, skipped, plan.seed, epochOf(plan, step));
}

/** Saves a checkpoint now and then, and before the training stops. */
function createSaver(work: Work) {
  let savedMs = performance.now();
  return {
    async saveWhenDue() {
      const isDue = work.signal.aborted || performance.now() - savedMs >= work.checkpointEveryMs;
      if (!isDue || work.checkpoints === undefined) return;
      await work.checkpoints.save(checkpointOf(work));
      savedMs = performance.now();
    },
  };
}

function epochOf(plan: TrainingPlan, stepsDone: number): number {
  return Math.floor(stepsDone / plan.stepsPerEpoch);
}

/** Forgets the loss of what was left out, so that it comes back, and leaves out what is worst now. */
function beginEpoch(state: TrainingState): void {
  for (const [unit, isSkipped] of state.skipped.entries())
    if (isSkipped === 1) state.unitLosses[unit] = Number.NaN;
  state.skipped = trimmedUnits(state.unitLosses);
}

async function takeStep(
  { corpus, plan, state, session, vectors }: Work,
  units: Uint32Array,
  random: KeyedRandom,
): Promise<{ readonly loss: number; readonly events: number }> {
  const index = plan.units.services[units[0] ?? 0] ?? 0;
  const service: ServiceCorpus | undefined = corpus.services[index];
  if (service === undefined) throw new Error("the plan is not of this corpus");
  const batch = createBatch(service, plan.units, units, plan.shape, random);
  const { residuals } = state;
  const step = state.step + 1;
  const rate = learningRate(plan.learningRate, step, plan.steps);
  const table = gatherVectors(
    vectors[index] ?? new Float32Array(),
    service.templates.length,
    batch.candidates,
  );
  const result = await session.step(batch, table, residuals.gather(index, batch.candidates), step, rate);
  if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradientNorm))
    throw new TrainingError(
      `training has diverged: the loss of step ${step} is ${result.loss}, the gradient's norm ${result.gradientNorm}`,
      "nothing was written; begin again with --restart, from another model (--from) or with another --seed",
    );
  residuals.scatter(index, batch.candidates, result.residual, step);
  moveAverage(state.average, session.parameters(), averageDecay(step));
  noteLosses(state.unitLosses, units, batch, result, plan.shape.positions);
  state.step = step;
  return { loss: result.loss, events: batch.events };
}

/** The mean loss of each row's masked positions becomes its unit's. */
function noteLosses(
  unitLosses: Float32Array,
  units: Uint32Array,
  { at, weights }: Batch,
  { losses }: StepResult,
  positions: number,
): void {
  const sums = new Float64Array(units.length);
  const counts = new Uint32Array(units.length);
  for (const [i, place] of at.entries()) {
    if (weights[i] !== 1) continue;
    const row = Math.floor(Number(place) / positions);
    sums[row] = (sums[row] ?? 0) + (losses[i] ?? 0);
    counts[row] = (counts[row] ?? 0) + 1;
  }
  for (const [row, unit] of units.entries()) {
    const count = counts[row] ?? 0;
    if (count > 0) unitLosses[unit] = (sums[row] ?? 0) / count;
  }
}

function gatherVectors(vectors: Float32Array, templates: number, candidates: Uint16Array): Float32Array {
  if (candidates.length === templates) return vectors;
  const dimensions = vectors.length / templates;
  const gathered = new Float32Array(candidates.length * dimensions);
  for (const [candidate, template] of candidates.entries())
    gathered.set(
      vectors.subarray(template * dimensions, (template + 1) * dimensions),
      candidate * dimensions,
    );
  return gathered;
}

/** Looks at the held-out events, and keeps the weights when they are the best so far. */
async function look({ state, heldOutLoss }: Work): Promise<void> {
  const loss = await heldOutLoss();
  state.curve = [...state.curve, { step: state.step, loss }];
  // Where nothing is held out every loss is 0, and the last weights are as good as any.
  if (loss <= state.best.loss)
    state.best = { loss, average: state.average.slice(), residual: state.residuals.state.average.slice() };
}

/** Whether the last looks have brought nothing against those before. */
function isExhausted({ curve }: TrainingState): boolean {
  if (curve.length <= PATIENCE) return false;
  const lowest = (points: typeof curve) => Math.min(...points.map(({ loss }) => loss));
  return lowest(curve.slice(-PATIENCE)) > lowest(curve.slice(0, -PATIENCE)) - GAIN_MIN;
}

function checkpointOf({ fingerprint, state, session }: Work): Checkpoint {
  const { step, seconds, curve, average, residuals, best, unitLosses, skipped } = state;
  return {
    fingerprint,
    step,
    seconds,
    curve,
    optimizer: session.state(),
    average,
    residual: residuals.state,
    best,
    unitLosses,
    skipped,
  };
}

/** Tells the progress, and keeps the time in the state. */
function createMeter({ plan, state, onProgress }: Work) {
  const secondsBefore = state.seconds;
  const stepsBefore = state.step;
  const startMs = performance.now();
  let mean: number | undefined;
  let eventsSeen = 0;
  return {
    tell(loss: number, events: number) {
      mean = mean === undefined ? loss : 0.98 * mean + 0.02 * loss;
      eventsSeen += events;
      const seconds = (performance.now() - startMs) / 1_000;
      state.seconds = secondsBefore + seconds;
      onProgress({
        step: state.step,
        steps: plan.steps,
        loss: mean,
        heldOutLoss: state.curve.at(-1)?.loss ?? Number.NaN,
        eventsPerSecond: eventsSeen / seconds,
        secondsLeft: (seconds / (state.step - stepsBefore)) * (plan.steps - state.step),
      });
    },
  };
}
