import type { TokenWeight } from "../../detect/pretrained-scorer.ts";
import { attentionRollout } from "./attention-rollout.ts";
import { type ClassifierHead, classifierScore, marginsOf } from "./classify.ts";
import { runRows } from "./run-rows.ts";
import type { TextModel, TextWindow } from "./text-model.ts";
import type { TransformerGraph } from "./transformer-graph.ts";
import { type WordSpan, wordsOf, wordWeights } from "./word-weights.ts";

/** Words of one text that are hidden, one at a time, to see what they count; those beyond count as 0. */
const OCCLUDED_MAX = 32;

/**
 * A sequence classifier. Words weigh by the attention that [CLS], which the verdict is read from, pays them, or, where the
 * graph gives no attentions, by how much the verdict's logit falls when they are hidden.
 * @param hidden id of the token that hides a word
 */
export function createClassifier(graph: TransformerGraph, head: ClassifierHead, hidden: number): TextModel {
  const marginsOfRows = (rows: readonly { readonly ids: readonly number[] }[]) =>
    runRows(
      graph,
      rows,
      () => head.labels,
      (_, logits) => marginsOf(logits, head),
    );

  const byAttention = async (window: TextWindow, words: readonly WordSpan[]) => {
    const layers = await graph.run([window.ids], graph.attentions);
    const weights = attentionRollout(
      layers,
      window.ids.map((_, at) => (at === 0 ? 1 : 0)),
    );
    return wordWeights(window.judged, words, ({ pieces }) =>
      pieces.reduce((sum, piece) => sum + (weights[window.judgedFrom + piece] ?? 0), 0),
    );
  };

  const byOcclusion = async (window: TextWindow, words: readonly WordSpan[]) => {
    const rows = words.slice(0, OCCLUDED_MAX).map(({ pieces }) => {
      const places = new Set(pieces.map((piece) => window.judgedFrom + piece));
      return { ids: window.ids.map((id, at) => (places.has(at) ? hidden : id)) };
    });
    const [whole = 0, ...without] = await marginsOfRows([window, ...rows]);
    return wordWeights(window.judged, words, (_, index) => whole - (without[index] ?? whole));
  };

  const explainOne = (window: TextWindow): Promise<readonly TokenWeight[]> =>
    (graph.attentions.length > 0 ? byAttention : byOcclusion)(window, wordsOf(window.pieces));

  const score = async (windows: readonly TextWindow[]) => (await marginsOfRows(windows)).map(classifierScore);
  return {
    score,
    async explain(windows) {
      const scores = await score(windows);
      const explained = [];
      for (const [index, window] of windows.entries())
        explained.push({ ...(scores[index] ?? classifierScore(0)), tokens: await explainOne(window) });
      return explained;
    },
  };
}
