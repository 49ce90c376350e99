import { readModelDirectory } from "../processor/inference/model-directory.ts";
import { type RunningScorer, startScorer } from "../processor/inference/worker-client.ts";
import type { Config } from "./config.ts";
import { packageFile } from "./package-files.ts";

/** The configured model, or the shipped one. Rejects with a ModelError when it cannot be used. */
export function openScorer(
  { model, threads, max_waiting_rows: maxWaitingRows }: Config["inference"],
  onDeath: (reason: string) => void,
): Promise<RunningScorer> {
  const directory = model === "" ? packageFile("models/logbert-s") : model;
  return startScorer(readModelDirectory(directory), { threads, maxWaitingRows, onDeath });
}
