import { type GraphOutput, LOGITS, type TransformerGraph } from "./transformer-graph.ts";

/** Rows of one run: larger batches are no faster on a CPU. */
const ROWS_PER_RUN = 32;
/** Logits of one run, in values: a vocabulary of 30,000 at each of 512 positions makes rows large. */
const LOGITS_PER_RUN = 1 << 24;

/**
 * Runs rows of any lengths and gives what `read` makes of each run's logits, in the rows' order. Rows of like length run
 * together, so that little is padded.
 * @param logitsOf how many logits a row of this many positions gives
 */
export async function runRows<Row extends { readonly ids: readonly number[] }, Result>(
  graph: TransformerGraph,
  rows: readonly Row[],
  logitsOf: (positions: number) => number,
  read: (rows: readonly Row[], logits: GraphOutput) => readonly Result[],
): Promise<readonly Result[]> {
  const order = [...rows.entries()].sort(([, a], [, b]) => b.ids.length - a.ids.length);
  const results = new Map<number, Result>();
  let from = 0;
  while (from < order.length) {
    const longest = order[from]?.[1].ids.length ?? 1;
    const fitting = Math.floor(LOGITS_PER_RUN / logitsOf(longest));
    const run = order.slice(from, from + Math.min(ROWS_PER_RUN, Math.max(1, fitting)));
    from += run.length;
    const runRows = run.map(([, row]) => row);
    const [logits] = await graph.run(
      runRows.map(({ ids }) => ids),
      [LOGITS],
    );
    if (logits === undefined) throw new Error("the graph gave no logits");
    for (const [at, result] of read(runRows, logits).entries()) results.set(run[at]?.[0] ?? -1, result);
  }
  return rows.flatMap((_, index) => results.get(index) ?? []);
}
