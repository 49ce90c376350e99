import { extname } from "node:path";
import type { PretrainedScorer, TextScore } from "../../detect/pretrained-scorer.ts";
import { type ScorerOptions, startModelThread } from "../worker-client.ts";
import { PRETRAINED_REMEDY } from "./model-file.ts";
import type { PretrainedDirectory } from "./pretrained-directory.ts";
import type { TextBatch } from "./pretrained-session.ts";

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
  const thread = await startModelThread<TextBatch, TextScore>(
    {
      file: new URL(`./pretrained-worker${extname(import.meta.filename)}`, import.meta.url),
      workerData,
      graph: directory.graph,
      remedy: PRETRAINED_REMEDY,
    },
    options,
  );
  return {
    kind: directory.task.kind,
    version: directory.version,
    contextEvents: options.contextEvents,
    score: (rows, signal) => thread.run({ rows, isExplained: false }, signal),
    explain: (rows, signal) => thread.run({ rows, isExplained: true }, signal),
    close: thread.close,
  };
}
