import { extname } from "node:path";
import type { PretrainedScorer } from "../../detect/pretrained-scorer.ts";
import { startModelThread } from "../model-thread.ts";
import type { ScorerOptions } from "../worker-client.ts";
import { PRETRAINED_REMEDY } from "./model-file.ts";
import type { PretrainedDirectory } from "./pretrained-directory.ts";
import type { TextAnswer, TextCall } from "./pretrained-session.ts";

/** What the thread is started with. */
export interface ThreadData {
  readonly directory: PretrainedDirectory;
  /** Threads of one model run. */
  readonly threads: number;
}

/** A scorer with a thread to give back. */
export interface RunningPretrainedScorer extends PretrainedScorer {
  /** Lets a run in progress finish, then ends the thread. */
  close(): Promise<void>;
}

/** Loads a Hugging Face model in a thread of its own. Rejects with a ModelError when the graph cannot be used. */
export async function startPretrainedScorer(
  directory: PretrainedDirectory,
  options: ScorerOptions & Pick<PretrainedScorer, "contextEvents">,
): Promise<RunningPretrainedScorer> {
  const workerData: ThreadData = { directory, threads: options.threads };
  const thread = await startModelThread<TextCall, TextAnswer>(
    {
      file: new URL(`./pretrained-worker${extname(import.meta.filename)}`, import.meta.url),
      workerData,
      graph: directory.graph,
      remedy: PRETRAINED_REMEDY,
      rowsOf: ({ texts }) => texts.length,
      send: (worker, [call]) => worker.postMessage(call),
      reset: () => undefined,
    },
    options,
  );
  return {
    kind: directory.task.kind,
    version: directory.version,
    contextEvents: options.contextEvents,
    score: async (texts, signal) => (await thread.ask({ kind: "score", texts }, signal)).scores,
    explain: async (texts, signal) => (await thread.ask({ kind: "explain", texts }, signal)).scores,
    close: thread.close,
  };
}
