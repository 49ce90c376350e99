import type { TextScore, WindowText } from "../../detect/pretrained-scorer.ts";
import type { ThreadSession } from "../serve-thread.ts";
import { createClassifier } from "./classifier.ts";
import { encodeWindow } from "./encode-window.ts";
import { createMaskedLanguageModel } from "./masked-language-model.ts";
import { openPieceTokenizer, type PieceTokenizer } from "./piece-tokenizer.ts";
import type { PretrainedDirectory, PretrainedTask } from "./pretrained-directory.ts";
import type { TextModel } from "./text-model.ts";
import { openTransformerGraph, type TransformerGraph } from "./transformer-graph.ts";

/** To the model's thread: score texts, or also tell how much each word counted. */
export interface TextCall {
  readonly kind: "score" | "explain";
  readonly texts: readonly WindowText[];
}

/** From the model's thread: one score a text, in their order. */
export interface TextAnswer {
  readonly kind: "scores";
  readonly scores: readonly TextScore[];
}

/** The model, loaded. Its runs block the calling thread. */
export type PretrainedSession = ThreadSession<TextCall, TextAnswer>;

/** Run once at the start, so that a graph that cannot work is told then. */
const PROBE: WindowText = { context: ["connection accepted"], judged: "connection lost after <NUM> seconds" };

/** Loads graph and tokenizer and tries them. Rejects with what is wrong with the graph. */
export async function openPretrainedSession(
  directory: PretrainedDirectory,
  threads: number,
): Promise<PretrainedSession> {
  const tokenizer = openPieceTokenizer(directory.tokenizer);
  const graph = await openTransformerGraph(directory.graph, tokenizer.special.padding, threads);
  const model = openModel(directory.task, graph, tokenizer);
  const answer = async ({ kind, texts }: TextCall): Promise<TextAnswer> => {
    const windows = texts.map((text) => ({
      ...encodeWindow(text, tokenizer, directory.tokensMax),
      judged: text.judged,
    }));
    const scores = await (kind === "explain" ? model.explain(windows) : model.score(windows));
    return { kind: "scores", scores };
  };
  const { scores } = await answer({ kind: "explain", texts: [PROBE] });
  if (!Number.isFinite(scores[0]?.surprise))
    throw new Error("its logits hold a value that is no finite number (NaN)");
  return { answer, close: graph.close };
}

function openModel(
  task: PretrainedTask,
  graph: TransformerGraph,
  { special, size }: PieceTokenizer,
): TextModel {
  const hidden = special.mask ?? special.padding;
  return task.kind === "classifier"
    ? createClassifier(graph, task, hidden)
    : createMaskedLanguageModel(graph, hidden, size);
}
