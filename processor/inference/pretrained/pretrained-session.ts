import type { TextScore, WindowText } from "../../detect/pretrained-scorer.ts";
import type { BatchSession } from "../session-calls.ts";
import { createClassifier } from "./classifier.ts";
import { encodeWindow } from "./encode-window.ts";
import { createMaskedLanguageModel } from "./masked-language-model.ts";
import { openPieceTokenizer, type PieceTokenizer } from "./piece-tokenizer.ts";
import type { PretrainedDirectory, PretrainedTask } from "./pretrained-directory.ts";
import type { TextModel } from "./text-model.ts";
import { openTransformerGraph, type TransformerGraph } from "./transformer-graph.ts";

/** Texts that one call scores. */
export interface TextBatch {
  readonly rows: readonly WindowText[];
  /** Whether the scores have to tell how much each word counted. */
  readonly isExplained: boolean;
}

/** The model, loaded. Its runs block the calling thread. */
export type PretrainedSession = BatchSession<TextBatch, TextScore>;

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
  const score = ({ rows, isExplained }: TextBatch): Promise<readonly TextScore[]> => {
    const windows = rows.map((text) => ({
      ...encodeWindow(text, tokenizer, directory.tokensMax),
      judged: text.judged,
    }));
    return isExplained ? model.explain(windows) : model.score(windows);
  };
  const [tried] = await score({ rows: [PROBE], isExplained: true });
  if (!Number.isFinite(tried?.surprise))
    throw new Error("its logits hold a value that is no finite number (NaN)");
  return { score, close: graph.close };
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
