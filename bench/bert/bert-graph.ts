import { createOnnxGraph, type OnnxGraph } from "./onnx-graph.ts";

/** Sizes of a BERT encoder (Devlin et al.: BERT, NAACL 2019). */
export interface BertSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  /** Word pieces of an input. */
  readonly pieces: number;
}

/** BERT-base, uncased, over 256 word pieces. */
export const BERT_BASE: BertSizes = {
  layers: 12,
  hidden: 768,
  heads: 12,
  intermediate: 3072,
  vocabulary: 30_522,
  pieces: 256,
};

const WEIGHT_SCALE = 0.02;
const WEIGHT_STEP = 0.7;
const MASKED = -10_000;
const HALF = 0.5;

/**
 * A sequence classifier: `input_ids` and `attention_mask` [1, pieces] to `logits` [1, 2]. A few kilobytes: its weights are made when it is
 * loaded (sines, which onnxruntime works out once), because what a run costs does not depend on them.
 */
export function bertGraph(sizes: BertSizes): Uint8Array {
  const { hidden, layers, vocabulary, pieces } = sizes;
  const graph = createOnnxGraph();
  const { node } = graph;
  const ids = graph.input("input_ids", [1, pieces]);
  const mask = graph.input("attention_mask", [1, pieces]);
  const words = node("Gather", [weights(graph, [vocabulary, hidden]), ids]);
  const embedded = node("Add", [words, weights(graph, [pieces, hidden])]);
  const masking = node("Mul", [
    node("Sub", [
      graph.float(1),
      node("Cast", [node("Reshape", [mask, graph.integers([1, 1, 1, pieces])])], { to: 1 }),
    ]),
    graph.float(MASKED),
  ]);
  let state = normalised(graph, embedded, hidden);
  for (let layer = 0; layer < layers; layer += 1) {
    state = normalised(graph, node("Add", [state, attention(graph, state, masking, sizes)]), hidden);
    state = normalised(graph, node("Add", [state, feedForward(graph, state, sizes)]), hidden);
  }
  const first = node("Gather", [state, graph.integers([0])], { axis: 1 });
  const pooled = node("Tanh", [
    dense(graph, node("Reshape", [first, graph.integers([1, hidden])]), hidden, hidden),
  ]);
  return graph.finish({ logits: dense(graph, pooled, hidden, 2) });
}

function attention(
  graph: OnnxGraph,
  state: string,
  masking: string,
  { hidden, heads, pieces }: BertSizes,
): string {
  const { node } = graph;
  const width = hidden / heads;
  const split = (perm: readonly number[]) =>
    node(
      "Transpose",
      [node("Reshape", [dense(graph, state, hidden, hidden), graph.integers([1, pieces, heads, width])])],
      { perm },
    );
  const [queries, keys, values] = [split([0, 2, 1, 3]), split([0, 2, 3, 1]), split([0, 2, 1, 3])];
  const scores = node("Div", [node("MatMul", [queries, keys]), graph.float(Math.sqrt(width))]);
  const shares = node("Softmax", [node("Add", [scores, masking])], { axis: 3 });
  const mixed = node("Transpose", [node("MatMul", [shares, values])], { perm: [0, 2, 1, 3] });
  const joined = node("Reshape", [mixed, graph.integers([1, pieces, hidden])]);
  return dense(graph, joined, hidden, hidden);
}

/** Two layers with GELU between them, in the form that onnxruntime joins into one operator. */
function feedForward(graph: OnnxGraph, state: string, { hidden, intermediate }: BertSizes): string {
  const { node } = graph;
  const inner = dense(graph, state, hidden, intermediate);
  const error = node("Erf", [node("Div", [inner, graph.float(Math.SQRT2)])]);
  const doubled = node("Mul", [inner, node("Add", [error, graph.float(1)])]);
  return dense(graph, node("Mul", [doubled, graph.float(HALF)]), intermediate, hidden);
}

function dense(graph: OnnxGraph, input: string, from: number, to: number): string {
  const product = graph.node("MatMul", [input, weights(graph, [from, to])]);
  return graph.node("Add", [product, weights(graph, [to])]);
}

function normalised(graph: OnnxGraph, input: string, hidden: number): string {
  return graph.node("LayerNormalization", [input, weights(graph, [hidden]), weights(graph, [hidden])]);
}

function weights(graph: OnnxGraph, shape: readonly number[]): string {
  const { node, float } = graph;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const numbers = node("Range", [float(0), float(size), float(1)]);
  const sines = node("Sin", [node("Mul", [numbers, float(WEIGHT_STEP)])]);
  return node("Reshape", [node("Mul", [sines, float(WEIGHT_SCALE)]), graph.integers(shape)]);
}
