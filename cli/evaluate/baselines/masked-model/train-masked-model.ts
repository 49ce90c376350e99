import { openStepGraph, type StepGraph } from "../../../../processor/inference/training-graph.ts";
import { createKeyedRandom, type KeyedRandom } from "../../../../processor/learn/keyed-random.ts";
import { learningRate } from "../../../../processor/learn/schedule.ts";
import { drawWeights } from "./draw-weights.ts";
import type { MaskedModel } from "./masked-model.ts";
import { choosePlaces, hideForTraining } from "./masked-row.ts";
import { packTrainingRows, validTokens } from "./pack-masked-rows.ts";

/** What a masked model learns from, and how. */
export interface MaskedTraining {
  /** Tokens without the first one, at most as many as a row has room for. */
  readonly sequences: readonly Uint16Array[];
  /** Words of the vocabulary. */
  readonly words: number;
  /** Share of the tokens that are hidden. */
  readonly maskedShare: number;
  /** Weight of the hypersphere's loss. */
  readonly pull: number;
  readonly stepsMax: number;
  readonly seed: number;
}

/** Weights, and the loss of each step that has led to them. */
export interface TrainedWeights {
  readonly weights: Float32Array;
  readonly losses: readonly number[];
}

/** LogBERT's most. */
const EPOCHS_MAX = 200;
const LEARNING_RATE = 1e-3;
/** Keeps what is drawn for the weights, for the order of an epoch and for a batch apart. */
const STREAM = { weights: 1, order: 2, batch: 3 };

/**
 * Trains from weights drawn by chance; the same training gives the same weights. The hypersphere's centre is the mean of the
 * first hidden states over the epoch before (LogBERT takes another pass for it); the first epoch has none.
 *
 * @throws Error when the training diverges
 */
export async function trainMaskedModel(
  model: MaskedModel,
  training: MaskedTraining,
): Promise<TrainedWeights> {
  const { sequences, seed } = training;
  const p = drawWeights(model.parameters, createKeyedRandom(seed, STREAM.weights));
  const start = { p, m: new Float32Array(p.length), v: new Float32Array(p.length) };
  const graph = await openStepGraph(model.step, model.parameters, start, 1);
  const stepsPerEpoch = Math.ceil(sequences.length / model.shape.rows);
  const steps = Math.min(training.stepsMax, EPOCHS_MAX * stepsPerEpoch);
  const losses: number[] = [];
  let center: Float32Array | undefined;
  try {
    while (losses.length < steps) {
      const epoch = losses.length / stepsPerEpoch;
      const batches = batchesOf(sequences, model.shape.rows, createKeyedRandom(seed, STREAM.order, epoch));
      const mean = createMean(model.shape.width);
      for (const batch of batches.slice(0, steps - losses.length)) {
        const { loss, first } = await takeStep(
          graph,
          model,
          training,
          batch,
          center,
          losses.length + 1,
          steps,
        );
        losses.push(loss);
        mean.add(first);
      }
      center = mean.value();
    }
    return { weights: graph.parameters(), losses };
  } finally {
    await graph.close();
  }
}

async function takeStep(
  graph: StepGraph,
  { shape }: MaskedModel,
  { words, maskedShare, pull, seed }: MaskedTraining,
  batch: readonly Uint16Array[],
  center: Float32Array | undefined,
  step: number,
  steps: number,
): Promise<{ readonly loss: number; readonly first: Float32Array }> {
  const random = createKeyedRandom(seed, STREAM.batch, step);
  const rows = batch.map((sequence) =>
    hideForTraining(sequence, choosePlaces(sequence.length, maskedShare, random), words, random),
  );
  const read = await graph.step(
    {
      ...packTrainingRows(rows, shape.positions, shape.masked),
      ...validTokens(words, shape.words),
      center: { values: center ?? new Float32Array(shape.width), shape: [shape.width] },
      pull: { values: Float32Array.of(center === undefined ? 0 : pull), shape: [] },
    },
    step,
    learningRate(LEARNING_RATE, step, steps),
  );
  const loss = read("loss")[0] ?? Number.NaN;
  if (!Number.isFinite(loss)) throw new Error(`the loss of step ${step} is ${loss}`);
  return { loss, first: read("first") };
}

/** All sequences in an order by chance; the last batch is filled up from the first. */
function batchesOf(
  sequences: readonly Uint16Array[],
  rows: number,
  random: KeyedRandom,
): readonly (readonly Uint16Array[])[] {
  const order = Uint32Array.from(sequences.keys());
  random.shuffle(order);
  return Array.from({ length: Math.ceil(order.length / rows) }, (_, batch) =>
    Array.from(
      { length: rows },
      (_row, row) => sequences[order[(batch * rows + row) % order.length] ?? 0] ?? new Uint16Array(),
    ),
  );
}

/** The mean of rows of `width` values. */
function createMean(width: number) {
  const sum = new Float64Array(width);
  let rows = 0;
  return {
    add(values: Float32Array) {
      for (const [i, value] of values.entries()) sum[i % width] = (sum[i % width] ?? 0) + value;
      rows += values.length / width;
    },
    value: () => Float32Array.from(sum, (total) => total / rows),
  };
}
