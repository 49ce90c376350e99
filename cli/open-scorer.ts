import type { Scorer } from "../processor/create-detectors.ts";
import type { TextEncoder } from "../processor/detect/text-encoder.ts";
import { type ModelDirectory, readModelDirectory } from "../processor/inference/model-directory.ts";
import {
  isPretrainedDirectory,
  type PretrainedChoices,
  readPretrainedDirectory,
} from "../processor/inference/pretrained/pretrained-directory.ts";
import { startPretrainedScorer } from "../processor/inference/pretrained/start-pretrained-scorer.ts";
import { probeScorer } from "../processor/inference/probe-scorer.ts";
import { readModelDirectoryAside } from "../processor/inference/read-aside.ts";
import { type RunningScorer, type ScorerOptions, startScorer } from "../processor/inference/worker-client.ts";
import type { Config } from "./config.ts";
import { packageFile } from "./package-files.ts";

/** The model in use, with its threads to give back. */
export interface OpenModel {
  readonly scorer: Scorer;
  /** Where the vectors of texts come from. */
  readonly encoder: TextEncoder;
  /** Lets runs in progress finish, then ends the threads. */
  close(): Promise<void>;
}

/** A run of logbert's own model that takes longer hangs: the largest take a second. */
const CALL_MS_MAX = 30_000;
/** Of a Hugging Face model, which may be a thousand times as large. */
const PRETRAINED_CALL_MS_MAX = 300_000;

const SHIPPED = "models/logbert-s";

/**
 * Opens the configured model, logbert's own or a Hugging Face one, or the shipped one. Rejects with a ModelError when it
 * cannot be used.
 * @param patienceMs how long answers of logbert's own model are waited for; undefined: for ever
 */
export async function openScorer(
  config: Config["inference"],
  onDeath: (reason: string) => void,
  patienceMs?: number,
): Promise<OpenModel> {
  const { threads, max_waiting_rows: maxWaitingRows, context_events: contextEvents } = config;
  const options = { threads, maxWaitingRows, callMsMax: PRETRAINED_CALL_MS_MAX, onDeath };
  const choices = choicesOf(config);
  if (isPretrainedDirectory(choices.directory)) return openPretrained(choices, { ...options, contextEvents });
  const scorer = await openFirstScorer(choices.directory, config, onDeath, patienceMs);
  return { scorer, encoder: scorer.encoder, close: scorer.close };
}

/** The configured directory of a model that can be trained further, or the shipped one; undefined for a Hugging Face one. */
export function trainableDirectory(config: Config["inference"]): string | undefined {
  const { directory } = choicesOf(config);
  return isPretrainedDirectory(directory) ? undefined : directory;
}

/**
 * A directory of logbert's own kind, tried before it is handed out, while nobody is served. It is read on this thread: another one
 * would first have to read its program, which takes ten times as long. Rejects with a ModelError when it cannot be used.
 * @param patienceMs how long answers are waited for; undefined: for ever
 */
export async function openFirstScorer(
  directory: string,
  config: Config["inference"],
  onDeath: (reason: string) => void,
  patienceMs?: number,
): Promise<RunningScorer> {
  return tried(await start(readModelDirectory(directory), config, onDeath, patienceMs));
}

/** The same for a stage that serves meanwhile. */
export async function openTriedScorer(
  directory: string,
  config: Config["inference"],
  onDeath: (reason: string) => void,
  patienceMs?: number,
): Promise<RunningScorer> {
  return tried(await start(await readModelDirectoryAside(directory), config, onDeath, patienceMs));
}

async function tried(scorer: RunningScorer): Promise<RunningScorer> {
  try {
    await probeScorer(scorer);
    return scorer;
  } catch (error) {
    await scorer.close();
    throw error;
  }
}

/** Checks the configured model's files without loading the graphs. Throws a ModelError. */
export function checkModel(config: Config["inference"]): void {
  const choices = choicesOf(config);
  if (isPretrainedDirectory(choices.directory)) readPretrainedDirectory(choices);
  else readModelDirectory(choices.directory);
}

/** A Hugging Face model judges, but gives no vectors of texts, which other detectors need: the shipped model does. */
async function openPretrained(
  choices: PretrainedChoices,
  options: ScorerOptions & { readonly contextEvents: number },
): Promise<OpenModel> {
  const scorer = await startPretrainedScorer(readPretrainedDirectory(choices), options);
  try {
    const shipped = await startScorer(readModelDirectory(packageFile(SHIPPED)), options);
    return {
      scorer,
      encoder: shipped.encoder,
      close: async () => void (await Promise.all([scorer.close(), shipped.close()])),
    };
  } catch (error) {
    await scorer.close();
    throw error;
  }
}

function choicesOf(config: Config["inference"]): PretrainedChoices {
  return {
    directory: config.model === "" ? packageFile(SHIPPED) : config.model,
    anomalyLabel: config.anomaly_label,
    graphFile: config.graph_file,
  };
}

function start(
  model: ModelDirectory,
  { threads, max_waiting_rows: maxWaitingRows }: Config["inference"],
  onDeath: (reason: string) => void,
  patienceMs: number | undefined,
): Promise<RunningScorer> {
  const options = { threads, maxWaitingRows, callMsMax: CALL_MS_MAX, onDeath };
  return startScorer(model, patienceMs === undefined ? options : { ...options, patienceMs });
}
