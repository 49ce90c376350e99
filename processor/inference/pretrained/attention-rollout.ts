import type { GraphOutput } from "./transformer-graph.ts";

/**
 * How much each position of one row counts for what the start positions hold after the last layer: attention rollout, half
 * attention and half residual (Abnar, Zuidema: Quantifying Attention Flow in Transformers, ACL 2020), heads averaged.
 * @param layers attentions of a run of one row, [1, heads, positions, positions], first layer first
 * @param start weight of each position after the last layer; adds up to 1
 * @returns weight of each position of the input; adds up to 1
 */
export function attentionRollout(
  layers: readonly GraphOutput[],
  start: readonly number[],
): readonly number[] {
  let weights = start;
  for (const { data, dims } of [...layers].reverse()) {
    const [rows, heads = 0, from, to] = dims;
    if (dims.length !== 4 || rows !== 1 || from !== start.length || to !== start.length)
      throw new Error(
        `its attentions have the shape ${dims.join(" x ")}; needed is 1 x heads x ${start.length} x ${start.length}`,
      );
    weights = throughLayer(data, heads, weights);
  }
  return weights;
}

function throughLayer(data: Float32Array, heads: number, weights: readonly number[]): readonly number[] {
  const size = weights.length;
  const next = weights.map((weight) => weight / 2);
  for (let head = 0; head < heads; head += 1) {
    for (let from = 0; from < size; from += 1) {
      const weight = (weights[from] ?? 0) / (2 * heads);
      const offset = (head * size + from) * size;
      for (let to = 0; to < size; to += 1) next[to] = (next[to] ?? 0) + weight * (data[offset + to] ?? 0);
    }
  }
  return next;
}
