import { InferenceSession, Tensor } from "onnxruntime-node";
import { type ParameterPlace, WEIGHTS } from "../learn/trainable-model.ts";

/** All parameters one after the other, as in weights.bin, with Adam's two moments (Kingma, Ba: Adam, ICLR 2015). */
export interface OptimizerState {
  readonly p: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** One input of a graph. No shape: a single number. */
export interface GraphInput {
  readonly values: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** The inputs of a run, by their names. */
export type GraphInputs = Readonly<Record<string, GraphInput>>;

/** An output by its name. Throws when the graph gave none, or no 32-bit floats. */
export type GraphOutputs = (name: string) => Float32Array;

/** A graph, loaded. A run blocks the calling thread. */
export interface Graph {
  run(inputs: GraphInputs): Promise<GraphOutputs>;
  close(): Promise<void>;
}

/** A training step's graph with the state that goes from one step to the next. A step blocks the calling thread. */
export interface StepGraph {
  /**
   * Forward, backward, clipping and AdamW (Loshchilov, Hutter, ICLR 2019).
   *
   * @param step counted from 1
   */
  step(batch: GraphInputs, step: number, learningRate: number): Promise<GraphOutputs>;
  /** A copy of the parameters, and of the whole state, as they are now. */
  parameters(): Float32Array;
  state(): OptimizerState;
  close(): Promise<void>;
}

const KINDS = ["p", "m", "v"] as const;

/**
 * Loads a graph. Rejects when the bytes are none.
 *
 * @param weights the parameters that the graph looks for in weights.bin
 */
export async function openGraph(bytes: Uint8Array, threads: number, weights?: Float32Array): Promise<Graph> {
  const session = await open(bytes, threads, weights);
  return {
    run: async (inputs) => reader(await session.run(toTensors(inputs))),
    close: () => session.release(),
  };
}

/**
 * Loads a training step's graph with the state to begin with. Its inputs are that state (p.*, m.*, v.*, by the parameters'
 * names), step_number, learning_rate and a batch; its outputs the state after the step (o.p.*, o.m.*, o.v.*) and others.
 * Rejects when the bytes are no graph.
 */
export async function openStepGraph(
  bytes: Uint8Array,
  places: readonly ParameterPlace[],
  start: OptimizerState,
  threads: number,
): Promise<StepGraph> {
  const session = await open(bytes, threads);
  const state = stateTensors(start, places);
  return {
    async step(batch, step, learningRate) {
      const outputs = await session.run({
        ...Object.fromEntries(state),
        ...toTensors(batch),
        step_number: new Tensor("float32", Float32Array.of(step), []),
        learning_rate: new Tensor("float32", Float32Array.of(learningRate), []),
      });
      for (const name of state.keys()) state.set(name, output(outputs, `o.${name}`));
      return reader(outputs);
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

function open(bytes: Uint8Array, threads: number, weights?: Float32Array): Promise<InferenceSession> {
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

function toTensors(inputs: GraphInputs): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { values, shape }]) => [
      name,
      values instanceof Float32Array
        ? new Tensor("float32", values, shape)
        : new Tensor("int64", values, shape),
    ]),
  );
}

/** The state as the graph's inputs, by their names. */
function stateTensors(state: OptimizerState, places: readonly ParameterPlace[]): Map<string, Tensor> {
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

function reader(outputs: InferenceSession.OnnxValueMapType): GraphOutputs {
  return (name) => floatsOf(output(outputs, name), name);
}

function output(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const value = outputs[name];
  if (value instanceof Tensor) return value;
  throw new Error(`the graph gave no ${name}`);
}

function floatsOf(tensor: Tensor | undefined, name: string): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`the graph's ${name} holds no 32-bit floats`);
}
