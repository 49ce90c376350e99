import { readModelDirectory } from "../processor/inference/model-directory.ts";
import {
  isPretrainedDirectory,
  type PretrainedChoices,
  readPretrainedDirectory,
} from "../processor/inference/pretrained/pretrained-directory.ts";
import {
  type RunningPretrainedScorer,
  startPretrainedScorer,
} from "../processor/inference/pretrained/start-pretrained-scorer.ts";
import { type RunningScorer, startScorer } from "../processor/inference/worker-client.ts";
import type { Config } from "./config.ts";
import { packageFile } from "./package-files.ts";

/** The configured model, logbert's own or a Hugging Face one, or the shipped one. Rejects with a ModelError when it cannot be used. */
export async function openScorer(
  config: Config["inference"],
  onDeath: (reason: string) => void,
): Promise<RunningScorer | RunningPretrainedScorer> {
  const { threads, max_waiting_rows: maxWaitingRows, context_events: contextEvents } = config;
  const options = { threads, maxWaitingRows, onDeath };
  const choices = choicesOf(config);
  return isPretrainedDirectory(choices.directory)
    ? startPretrainedScorer(readPretrainedDirectory(choices), { ...options, contextEvents })
    : startScorer(readModelDirectory(choices.directory), options);
}

/** Checks the configured model's files without loading the graph. Throws a ModelError. */
export function checkModel(config: Config["inference"]): void {
  const choices = choicesOf(config);
  if (isPretrainedDirectory(choices.directory)) readPretrainedDirectory(choices);
  else readModelDirectory(choices.directory);
}

function choicesOf(config: Config["inference"]): PretrainedChoices {
  return {
    directory: config.model === "" ? packageFile("models/logbert-s") : config.model,
    anomalyLabel: config.anomaly_label,
    graphFile: config.graph_file,
  };
}
