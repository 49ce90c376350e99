import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Batch } from "../learn/batches.ts";
import type { ResidualRows } from "../learn/residual-table.ts";
import type { RowBlock } from "../learn/row-block.ts";
import { GRAPHS, type ParameterPlace, type TrainableModel, WEIGHTS } from "../learn/trainable-model.ts";

/** All parameters one after the other, as in weights.bin, with Adam's two moments (Kingma, Ba: Adam, ICLR 2015). */
export interface OptimizerState {
  readonly p: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

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

/** The training step's graph with the state that goes from one step to the next. A step blocks the calling thread. */
export interface TrainingSession {
  /**
   * Forward, backward, clipping and AdamW (Loshchilov, Hutter, ICLR 2019).
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

const KINDS = ["p", "m", "v"] as const;

/** Loads a model's training step with the state to begin with. Rejects when the graph is none, or another one. */
export async function openTrainingSession(
  model: TrainableModel,
  start: OptimizerState,
  threads: number,
): Promise<TrainingSession> {
  const session = await open(model, GRAPHS.step, threads);
  const { places, shape } = model;
  const { text_dimensions: dimensions, width } = model.description;
  const state = toTensors(start, places);
  const feed = (batch: Batch, vectors: Float32Array) => ({
    ...rowTensors(batch.rows),
    table: new Tensor("float32", padded(vectors, shape.candidates * dimensions), [
      shape.candidates,
      dimensions,
    ]),
    valid: new Tensor("float32", new Float32Array(shape.candidates).fill(1, 0, batch.candidates.length)),
    at: new Tensor("int64", batch.at),
    target: new Tensor("int64", batch.targets),
    weight: new Tensor("float32", batch.weights),
  });

  return {
    async step(batch, vectors, residual, step, learningRate) {
      const rows = (values: Float32Array) => new Tensor("float32", values, [shape.candidates, width]);
      const outputs = await session.run({
        ...Object.fromEntries(state),
        ...feed(batch, vectors),
        "r.p": rows(residual.p),
        "r.m": rows(residual.m),
        "r.v": rows(residual.v),
        step_number: new Tensor("float32", Float32Array.of(step), []),
        learning_rate: new Tensor("float32", Float32Array.of(learningRate), []),
      });
      for (const name of state.keys()) state.set(name, output(outputs, `o.${name}`));
      return {
        loss: floats(outputs, "loss")[0] ?? Number.NaN,
        gradientNorm: floats(outputs, "gradient_norm")[0] ?? Number.NaN,
        losses: floats(outputs, "losses"),
        residual: {
          p: floats(outputs, "o.r.p"),
          m: floats(outputs, "o.r.m"),
          v: floats(outputs, "o.r.v"),
        },
      };
    },
    parameters: () => collected(state, places, "p"),
    state: () => ({
      p: collected(state, places, "p"),
      m: collected(state, places, "m"),
      v: collected(state, places, "v"),
    }),
    close: () => session.release(),
  };
}

/** Loads a model's scoring graphs, with `weights` in the place of those in its directory. */
export async function openRowScorer(
  model: TrainableModel,
  weights: Float32Array,
  threads: number,
): Promise<RowScorer> {
  const scoring = await open(model, GRAPHS.scoring, threads, weights);
  const candidates = await open(model, GRAPHS.candidates, threads, weights);
  const { text_dimensions: dimensions, width } = model.description;
  return {
    async candidates(vectors, residual) {
      const table = new Tensor("float32", vectors, [vectors.length / dimensions, dimensions]);
      const rows = new Tensor("float32", residual, [residual.length / width, width]);
      return floats(await candidates.run({ table, residual: rows }), "rows");
    },
    async logits(rows, block, at) {
      const feed = {
        ...rowTensors(block),
        rows: new Tensor("float32", rows, [rows.length / width, width]),
        at: new Tensor("int64", at),
      };
      return floats(await scoring.run(feed), "logits");
    },
    async close() {
      await scoring.release();
      await candidates.release();
    },
  };
}

function open(model: TrainableModel, graph: string, threads: number, weights?: Float32Array) {
  const bytes = model.files.get(graph);
  if (bytes === undefined) throw new Error(`the model has no ${graph}`);
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that spin while they wait take the time that others, or the other thread, could use.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    graphOptimizationLevel: "all",
  };
  if (weights === undefined) return InferenceSession.create(bytes, options);
  const data = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  return InferenceSession.create(bytes, { ...options, externalData: [{ path: WEIGHTS, data }] });
}

function rowTensors({ rows, positions, features, ids, kinds, severities, gaps, parameters }: RowBlock) {
  const shape = [rows, positions];
  return {
    ids: new Tensor("int64", ids, shape),
    kind: new Tensor("int64", kinds, shape),
    severity: new Tensor("int64", severities, shape),
    gap: new Tensor("float32", gaps, shape),
    parameters: new Tensor("float32", parameters, [...shape, features]),
  };
}

/** The state as the graph's inputs, by their names. */
function toTensors(state: OptimizerState, places: readonly ParameterPlace[]): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const kind of KINDS) {
    for (const { name, shape, offset } of places) {
      const from = offset / Float32Array.BYTES_PER_ELEMENT;
      const values = state[kind].slice(from, from + shape.reduce((a, b) => a * b, 1));
      tensors.set(`${kind}.${name}`, new Tensor("float32", values, shape));
    }
  }
  return tensors;
}

/** One kind of the state, one parameter after the other. */
function collected(
  tensors: ReadonlyMap<string, Tensor>,
  places: readonly ParameterPlace[],
  kind: (typeof KINDS)[number],
): Float32Array {
  const parts = places.map(({ name }) => floatsOf(tensors.get(`${kind}.${name}`), name));
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function padded(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const all = new Float32Array(length);
  all.set(values);
  return all;
}

function output(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const value = outputs[name];
  if (value instanceof Tensor) return value;
  throw new Error(`the graph gave no ${name}`);
}

function floats(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  return floatsOf(output(outputs, name), name);
}

function floatsOf(tensor: Tensor | undefined, name: string): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`the graph's ${name} holds no 32-bit floats`);
}
