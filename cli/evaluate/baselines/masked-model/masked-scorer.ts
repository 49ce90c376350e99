import { openGraph } from "../../../../processor/inference/training-graph.ts";
import type { MaskedModel } from "./masked-model.ts";
import type { MaskedRow } from "./masked-row.ts";
import { packMaskedRows, validTokens } from "./pack-masked-rows.ts";
import { WORDS_FROM } from "./vocabulary.ts";

/** How a masked place is judged by its logits, one for each special token and word, and by what stood there. */
export type JudgePlace = (logits: Float32Array, target: number) => number;

/** A trained masked model. A call blocks the calling thread for one run of the graph at a time. */
export interface MaskedScorer {
  /** For each row the sum over its hidden places. */
  sums(rows: readonly MaskedRow[], judge: JudgePlace): Promise<Float64Array>;
  close(): Promise<void>;
}

/** Larger batches are no faster. */
const ROWS_PER_RUN = 64;

/** Loads the scoring graph with trained weights. `words` counts the vocabulary. */
export async function openMaskedScorer(
  model: MaskedModel,
  weights: Float32Array,
  words: number,
): Promise<MaskedScorer> {
  const graph = await openGraph(model.scoring, 1, weights);
  const columns = WORDS_FROM + model.shape.words;
  const valid = validTokens(words, model.shape.words);
  return {
    async sums(rows, judge) {
      const sums = new Float64Array(rows.length);
      for (const batch of byLength(rows)) {
        const chosen = batch.flatMap((index) => rows[index] ?? []);
        const positions = Math.max(...chosen.map(({ tokens }) => tokens.length));
        const read = await graph.run({ ...packMaskedRows(chosen, positions), ...valid });
        const logits = read("logits");
        let place = 0;
        for (const [i, index] of batch.entries())
          for (const target of chosen[i]?.targets ?? []) {
            const from = place * columns;
            sums[index] =
              (sums[index] ?? 0) + judge(logits.subarray(from, from + WORDS_FROM + words), target);
            place += 1;
          }
      }
      return sums;
    },
    close: () => graph.close(),
  };
}

/** The numbers of the rows that hide something, in batches of about the same length. */
function byLength(rows: readonly MaskedRow[]): readonly (readonly number[])[] {
  const lengthOf = (index: number) => rows[index]?.tokens.length ?? 0;
  const order = [...rows.keys()].filter((index) => (rows[index]?.at.length ?? 0) > 0);
  order.sort((a, b) => lengthOf(a) - lengthOf(b));
  return Array.from({ length: Math.ceil(order.length / ROWS_PER_RUN) }, (_, batch) =>
    order.slice(batch * ROWS_PER_RUN, (batch + 1) * ROWS_PER_RUN),
  );
}
