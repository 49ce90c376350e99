import { readModelDirectory } from "../processor/inference/model-directory.ts";
import { type RunningScorer, startScorer } from "../processor/inference/worker-client.ts";
import type { Config } from "./config.ts";
import { packageFile } from "./package-files.ts";

/** The configured model, or the shipped one. Rejects with a ModelError when it cannot be used. */
export function openScorer(
  config: Config["inference"],
  onDeath: (reason: string) => void,
): Promise<RunningScorer> {
  const { threads, max_waiting_rows: maxWaitingRows } = config;
  return startScorer(readModelDirectory(modelDirectory(config)), { threads, maxWaitingRows, onDeath });
}

/** The directory that is configured, or the shipped one. */
export function modelDirectory({ model }: Config["inference"]): string {
  return model === "" ? packageFile("models/logbert-s") : model;
}
