/** A count vector: template index, count, template index, count, and so on; indexes ascend, counts are 1 or more. */
export type SparseCounts = Int32Array;

/** Calls `visit` for each template of the vector. */
export function forEachCount(vector: SparseCounts, visit: (template: number, count: number) => void): void {
  for (let i = 0; i + 1 < vector.length; i += 2) visit(vector[i] ?? 0, vector[i + 1] ?? 0);
}

/** The vector of a list of [template index, count] in any order. */
export function sparseCounts(pairs: readonly (readonly [template: number, count: number])[]): SparseCounts {
  const vector = new Int32Array(2 * pairs.length);
  for (const [at, pair] of [...pairs].sort(([a], [b]) => a - b).entries()) vector.set(pair, 2 * at);
  return vector;
}
