import { type ModelDirectory, readModelDirectory } from "../processor/inference/model-directory.ts";
import { probeScorer } from "../processor/inference/probe-scorer.ts";
import { type RunningScorer, startScorer } from "../processor/inference/worker-client.ts";
import type { Config } from "./config.ts";
import { packageFile } from "./package-files.ts";

/** The configured model, or the shipped one. Rejects with a ModelError when it cannot be used. */
export function openScorer(
  config: Config["inference"],
  onDeath: (reason: string) => void,
): Promise<RunningScorer> {
  return start(readModelDirectory(modelDirectory(config)), config, onDeath);
}

/** Any model directory, tried before it is handed out. Rejects with a ModelError when it cannot be used. */
export async function openTriedScorer(
  directory: string,
  config: Config["inference"],
  onDeath: (reason: string) => void,
): Promise<RunningScorer> {
  const scorer = await start(readModelDirectory(directory), config, onDeath);
  try {
    await probeScorer(scorer);
    return scorer;
  } catch (error) {
    await scorer.close();
    throw error;
  }
}

/** The directory that is configured, or the shipped one. */
export function modelDirectory({ model }: Config["inference"]): string {
  return model === "" ? packageFile("models/logbert-s") : model;
}

function start(
  model: ModelDirectory,
  { threads, max_waiting_rows: maxWaitingRows }: Config["inference"],
  onDeath: (reason: string) => void,
): Promise<RunningScorer> {
  return startScorer(model, { threads, maxWaitingRows, onDeath });
}
