import type { TextScore } from "../../detect/pretrained-scorer.ts";
import { attentionRollout } from "./attention-rollout.ts";
import { type MaskedPiece, maskedPieces, surprisesOf } from "./pseudo-perplexity.ts";
import { runRows } from "./run-rows.ts";
import type { TextModel, TextWindow } from "./text-model.ts";
import type { TransformerGraph } from "./transformer-graph.ts";
import { wordsOf, wordWeights } from "./word-weights.ts";

/**
 * A masked language model: surprise is the mean of the masked pieces' surprises, in nats. Masking each piece is occlusion
 * already, so words weigh by their own surprise, unless the graph gives attentions: then by what the judged text pays them.
 * @param mask id of the mask token
 * @param vocabulary how many tokens there are
 */
export function createMaskedLanguageModel(
  graph: TransformerGraph,
  mask: number,
  vocabulary: number,
): TextModel {
  const byAttention = async (window: TextWindow) => {
    const layers = await graph.run([window.ids], graph.attentions);
    const judged = new Set(window.pieces.map((_, piece) => window.judgedFrom + piece));
    const start = window.ids.map((_, at) => (judged.has(at) ? 1 / judged.size : 0));
    const weights = attentionRollout(layers, start);
    return (piece: number) => weights[window.judgedFrom + piece] ?? 0;
  };

  const scoreOne = async (window: TextWindow, surprises: ReadonlyMap<number, number>): Promise<TextScore> => {
    const sum = [...surprises.values()].reduce((total, surprise) => total + surprise, 0);
    const weightOf =
      graph.attentions.length > 0 ? await byAttention(window) : (piece: number) => surprises.get(piece) ?? 0;
    const tokens = wordWeights(window.judged, wordsOf(window.pieces), ({ pieces }) =>
      pieces.reduce((total, piece) => total + weightOf(piece), 0),
    );
    return { surprise: surprises.size === 0 ? 0 : sum / surprises.size, tokens };
  };

  const score = async (windows: readonly TextWindow[]) => {
    const rows = windows.flatMap((window) =>
      maskedPieces(window, mask).map((row): MaskedPiece & { readonly window: TextWindow } => ({
        ...row,
        window,
      })),
    );
    const surprises = await runRows(graph, rows, (positions) => positions * vocabulary, surprisesOf);
    const byWindow = new Map(windows.map((window) => [window, new Map<number, number>()]));
    for (const [index, { window, piece }] of rows.entries())
      byWindow.get(window)?.set(piece, surprises[index] ?? 0);
    const scores: TextScore[] = [];
    for (const window of windows) scores.push(await scoreOne(window, byWindow.get(window) ?? new Map()));
    return scores;
  };
  return { score, explain: score };
}
