import type { Batch } from "../learn/batches.ts";
import type { ResidualRows } from "../learn/residual-table.ts";
import type { RowBlock } from "../learn/row-block.ts";
import { GRAPHS, type TrainableModel } from "../learn/trainable-model.ts";
import {
  type GraphInput,
  type GraphInputs,
  type OptimizerState,
  openGraph,
  openStepGraph,
} from "./training-graph.ts";

/** What a step has said and done. */
export interface StepResult {
  /** Mean cross entropy of the masked positions before the step, in nats. */
  readonly loss: number;
  /** Norm of all gradients before they were clipped to 1. */
  readonly gradientNorm: number;
  /** Cross entropy of each masked position. */
  readonly losses: Float32Array;
  readonly residual: ResidualRows;
}

/** The event model's training step. A step blocks the calling thread. */
export interface TrainingSession {
  /**
   * Forward, backward, clipping and AdamW.
   *
   * @param vectors text vectors of the batch's candidates, one after the other
   * @param step counted from 1
   */
  step(
    batch: Batch,
    vectors: Float32Array,
    residual: ResidualRows,
    step: number,
    learningRate: number,
  ): Promise<StepResult>;
  /** A copy of the parameters, and of the whole state, as they are now. */
  parameters(): Float32Array;
  state(): OptimizerState;
  close(): Promise<void>;
}

/** The scoring graphs with weights of one's own. */
export interface RowScorer {
  /** Candidate rows [V, width] from text vectors [V, dimensions] and residuals [V, width]. */
  candidates(vectors: Float32Array, residual: Float32Array): Promise<Float32Array>;
  /** Logits [rows, V + 1] of one masked position of each row; the last one is the end of the session. */
  logits(candidates: Float32Array, rows: RowBlock, at: BigInt64Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Loads a model's training step with the state to begin with. Rejects when the graph is none, or another one. */
export async function openTrainingSession(
  model: TrainableModel,
  start: OptimizerState,
  threads: number,
): Promise<TrainingSession> {
  const graph = await openStepGraph(bytesOf(model, GRAPHS.step), model.places, start, threads);
  const { shape } = model;
  const { text_dimensions: dimensions, width } = model.description;
  const feed = (batch: Batch, vectors: Float32Array) => ({
    ...rowInputs(batch.rows),
    table: matrix(padded(vectors, shape.candidates * dimensions), dimensions),
    valid: vector(new Float32Array(shape.candidates).fill(1, 0, batch.candidates.length)),
    at: vector(batch.at),
    target: vector(batch.targets),
    weight: vector(batch.weights),
  });

  return {
    async step(batch, vectors, residual, step, learningRate) {
      const read = await graph.step(
        {
          ...feed(batch, vectors),
          "r.p": matrix(residual.p, width),
          "r.m": matrix(residual.m, width),
          "r.v": matrix(residual.v, width),
        },
        step,
        learningRate,
      );
      return {
        loss: read("loss")[0] ?? Number.NaN,
        gradientNorm: read("gradient_norm")[0] ?? Number.NaN,
        losses: read("losses"),
        residual: { p: read("o.r.p"), m: read("o.r.m"), v: read("o.r.v") },
      };
    },
    parameters: graph.parameters,
    state: graph.state,
    close: graph.close,
  };
}

/** Loads a model's scoring graphs, with `weights` in the place of those in its directory. */
export async function openRowScorer(
  model: TrainableModel,
  weights: Float32Array,
  threads: number,
): Promise<RowScorer> {
  const scoring = await openGraph(bytesOf(model, GRAPHS.scoring), threads, weights);
  const candidates = await openGraph(bytesOf(model, GRAPHS.candidates), threads, weights);
  const { text_dimensions: dimensions, width } = model.description;
  return {
    async candidates(vectors, residual) {
      const read = await candidates.run({
        table: matrix(vectors, dimensions),
        residual: matrix(residual, width),
      });
      return read("rows");
    },
    async logits(rows, block, at) {
      const read = await scoring.run({ ...rowInputs(block), rows: matrix(rows, width), at: vector(at) });
      return read("logits");
    },
    async close() {
      await scoring.close();
      await candidates.close();
    },
  };
}

function bytesOf(model: TrainableModel, graph: string): Uint8Array {
  const bytes = model.files.get(graph);
  if (bytes === undefined) throw new Error(`the model has no ${graph}`);
  return bytes;
}

function rowInputs(block: RowBlock): GraphInputs {
  const { rows, positions, features, ids, kinds, severities, gaps, parameters } = block;
  const shape = [rows, positions];
  return {
    ids: { values: ids, shape },
    kind: { values: kinds, shape },
    severity: { values: severities, shape },
    gap: { values: gaps, shape },
    parameters: { values: parameters, shape: [...shape, features] },
  };
}

function vector(values: GraphInput["values"]): GraphInput {
  return { values, shape: [values.length] };
}

function matrix(values: Float32Array, columns: number): GraphInput {
  return { values, shape: [values.length / columns, columns] };
}

function padded(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const all = new Float32Array(length);
  all.set(values);
  return all;
}
