import type { GraphInputs } from "../../../../processor/inference/training-graph.ts";
import type { MaskedRow } from "./masked-row.ts";
import { TOKEN, WORDS_FROM } from "./vocabulary.ts";

/** The rows as the graphs' inputs `ids` [rows, positions], padded at their ends, and `at` [masked]. */
export function packMaskedRows(rows: readonly MaskedRow[], positions: number): GraphInputs {
  const ids = new BigInt64Array(rows.length * positions).fill(BigInt(TOKEN.padding));
  for (const [row, { tokens }] of rows.entries())
    for (const [position, token] of tokens.entries()) ids[row * positions + position] = BigInt(token);
  const at = BigInt64Array.from(
    rows.flatMap((row, index) => row.at.map((position) => BigInt(index * positions + position))),
  );
  return { ids: { values: ids, shape: [rows.length, positions] }, at: vector(at) };
}

/** The same for the training step, with what stood there: its graph has room for `masked` places, no more and no fewer. */
export function packTrainingRows(rows: readonly MaskedRow[], positions: number, masked: number): GraphInputs {
  const { ids, at } = packMaskedRows(rows, positions);
  if (ids === undefined || at === undefined) throw new Error("the rows have no tokens");
  const places = at.values.subarray(0, masked);
  const used = { at: new BigInt64Array(masked), target: new BigInt64Array(masked) };
  const targets = rows.flatMap((row) => row.targets).slice(0, masked);
  for (const [index, target] of targets.entries()) {
    used.at[index] = BigInt(places[index] ?? 0);
    used.target[index] = BigInt(target);
  }
  const weight = new Float32Array(masked).fill(1, 0, targets.length);
  return { ids, at: vector(used.at), target: vector(used.target), weight: vector(weight) };
}

/** The graphs' input `valid`: 1 for the special tokens and the vocabulary, 0 for the room that it leaves. */
export function validTokens(words: number, capacity: number): GraphInputs {
  return { valid: vector(new Float32Array(WORDS_FROM + capacity).fill(1, 0, WORDS_FROM + words)) };
}

function vector(values: Float32Array | BigInt64Array) {
  return { values, shape: [values.length] };
}
