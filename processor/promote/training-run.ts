import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingRun } from "../../store/training.ts";
import type { LearningPorts } from "./learning-ports.ts";
import { promote } from "./promote.ts";
import { DISK_REMEDY, runTrainer, type TrainerProgress } from "./run-trainer.ts";
import { readTrainedModel } from "./trained-model.ts";
import type { InTurn } from "./turns.ts";
import { withoutPlaces } from "./without-places.ts";
import { writeFeedback } from "./write-feedback.ts";

/** Progress is written down this often at most. */
const PROGRESS_INTERVAL_MS = 1_000;

/** What one run is carried out with. */
export interface TrainingPorts extends LearningPorts {
  /** Weights are changed one at a time. */
  readonly inTurn: InTurn;
}

/** Carries one queued run out, from the recorded files to its last state in the store. Rejects only when the store does. */
export async function carryOut(
  queued: TrainingRun,
  ports: TrainingPorts,
  signal: AbortSignal,
): Promise<void> {
  const { inTurn, store, scorer, shelf, workDirectory, log, now } = ports;
  let run: TrainingRun = { ...queued, state: "RUNNING", startedAtMs: now(), modelBefore: scorer.version };
  await store.saveTrainingRun(run);
  log.info({ run: run.id, model: scorer.version }, "a training has begun");
  const progress = progressWriter(ports, run);
  let reason: string | undefined;
  try {
    const directory = await train(run, ports, signal, progress.tell);
    const trained = await readTrainedModel(directory);
    const { version, comparison: _, ...figures } = trained;
    run = { ...run, ...figures, progress: 1, modelAfter: version, finishedAtMs: now() };
    const trainedRun = run;
    run = { ...run, ...(await inTurn(() => promote(trainedRun, trained, directory, ports))) };
  } catch (error) {
    const reached = Math.max(run.progress, progress.last()?.progress ?? 0);
    run = { ...run, ...progress.last(), progress: reached };
    reason = reasonOf(error);
    const message = withoutPlaces(reason, [workDirectory, ...shelf.places]);
    run = { ...run, state: "FAILED", message, finishedAtMs: now() };
  }
  await progress.written();
  await clearWork(ports);
  // A promoted run is stored with its promotion, and people may have given it up since.
  if (run.state !== "PROMOTED") await store.saveTrainingRun(run);
  tell(run, reason ?? run.message, ports);
}

/** Removes what a run has made besides the weights that were put in use. */
export function clearWork({ workDirectory }: Pick<LearningPorts, "workDirectory">): Promise<void> {
  return rm(workDirectory, { recursive: true, force: true });
}

/** Trains on all that is recorded, and on what people said of it; gives the directory of the new weights. */
async function train(
  { service }: TrainingRun,
  { recorder, workDirectory, store, shelf, trainer }: LearningPorts,
  signal: AbortSignal,
  onProgress: (progress: TrainerProgress) => void,
): Promise<string> {
  await clearWork({ workDirectory });
  const files = await recorder.freeze(join(workDirectory, "recorded"));
  if (files.length === 0)
    throw new Error("nothing has been recorded yet: see training.record, or wait for records");
  const active = await store.activeModel();
  if (active === undefined) throw new Error("the store names no weights in use");
  const out = join(workDirectory, "model");
  const feedback = join(workDirectory, "feedback.jsonl");
  const isFeedback = await writeFeedback(feedback, store);
  const args = [
    ["train", "--format", "recorded", "--input", ...files],
    ["--from", shelf.directoryOf(active), "--out", out],
    ["--threads", "1", "--progress", "json"],
    service === undefined ? [] : ["--only-service", service],
    isFeedback ? ["--feedback", feedback] : [],
  ].flat();
  await runTrainer(trainer, args, signal, onProgress);
  return out;
}

/** Why a run has failed, and what to do about it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("remedy" in error) return `${error.message}; ${error.remedy}`;
  // What the system says of a file.
  if ("code" in error && "path" in error) return `${error.message}; ${DISK_REMEDY}`;
  return error.message;
}

interface ProgressWriter {
  readonly tell: (progress: TrainerProgress) => void;
  /** What was told last, whether or not it was written. */
  last(): TrainerProgress | undefined;
  /** Resolves when no write is on its way any more: one that came late would open the run again. */
  written(): Promise<void>;
}

/** Writes down how far a run is, now and then; a write that fails is no reason to end it. */
function progressWriter({ store, now, log }: LearningPorts, run: TrainingRun): ProgressWriter {
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | undefined;
  let last: TrainerProgress | undefined;
  return {
    tell(told) {
      last = told;
      if (writing !== undefined || now() - writtenAtMs < PROGRESS_INTERVAL_MS) return;
      writtenAtMs = now();
      writing = store
        .saveTrainingRun({ ...run, ...told })
        .catch((error: unknown) =>
          log.warn({ reason: String(error) }, "a training's progress was not written"),
        )
        .finally(() => {
          writing = undefined;
        });
    },
    last: () => last,
    written: async () => writing,
  };
}

/** @param reason with the whole paths, which the log may have */
function tell(
  { id, state, modelAfter, heldOutLossBefore, heldOutLossAfter }: TrainingRun,
  reason: string | undefined,
  ports: LearningPorts,
) {
  const details = { run: id, model: modelAfter, heldOutLossBefore, heldOutLossAfter, reason };
  if (state === "FAILED") ports.log.warn(details, "a training has failed; the weights in use stay");
  else ports.log.info(details, state === "PROMOTED" ? "new weights are in use" : "the weights in use stay");
  ports.onTrained(state === "PROMOTED" ? "promoted" : state === "REJECTED" ? "rejected" : "failed");
}
