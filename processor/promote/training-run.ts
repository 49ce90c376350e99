import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingRun } from "../../store/training.ts";
import type { LearningPorts } from "./learning-ports.ts";
import { promote } from "./promote.ts";
import { DISK_REMEDY, runTrainer, type TrainerProgress } from "./run-trainer.ts";
import { readTrainedModel } from "./trained-model.ts";
import type { InTurn } from "./turns.ts";
import { whileAway } from "./while-away.ts";
import { withoutPlaces } from "./without-places.ts";
import { writeFeedback } from "./write-feedback.ts";

/** How often it is written down how far a run is, which also says that this stage still carries it out. */
const BEAT_MS = 2_000;
const LOST = "another stage has taken it over, since nothing was heard of this one";

/** What one run is carried out with. */
export interface TrainingPorts extends LearningPorts {
  /** Weights are changed one at a time. */
  readonly inTurn: InTurn;
}

/** What ends a run early: its time is over, or the stage stops. */
export interface Ends {
  readonly limit: AbortSignal;
  readonly stopping: AbortSignal;
}

/**
 * Carries one claimed run out, from what was recorded to its last state in the store; where the stage stops, back into the queue. Whatever
 * another stage has taken over meanwhile it leaves alone. Rejects only when the store does.
 */
export async function carryOut(
  claimed: TrainingRun,
  ports: TrainingPorts,
  { limit, stopping }: Ends,
): Promise<void> {
  const { inTurn, store, scorer, shelf, workDirectory, log, now, holder } = ports;
  let run: TrainingRun = { ...claimed, modelBefore: scorer.version };
  log.info({ run: run.id, model: scorer.version }, "a training has begun");
  const beat = startBeat(ports, run);
  let reason: string | undefined;
  const signal = AbortSignal.any([limit, stopping, beat.lost]);
  try {
    const directory = await train(run, ports, signal, beat.tell);
    const trained = await readTrainedModel(directory);
    const { version, comparison: _, ...figures } = trained;
    run = { ...run, ...figures, progress: 1, modelAfter: version, finishedAtMs: now() };
    const trainedRun = run;
    run = { ...run, ...(await inTurn(() => promote(trainedRun, trained, directory, ports, signal))) };
  } catch (error) {
    const reached = Math.max(run.progress, beat.last()?.progress ?? 0);
    run = { ...run, ...beat.last(), progress: reached };
    reason = reasonOf(error);
    const message = withoutPlaces(reason, [workDirectory, ...shelf.places]);
    run = { ...run, state: "FAILED", message, finishedAtMs: now() };
  }
  await beat.stop();
  await clearWork(ports).catch((cause: unknown) =>
    log.warn({ reason: String(cause) }, "what a training made could not be removed"),
  );
  if (stopping.aborted && run.state === "FAILED") {
    await store.returnTraining(run.id, holder);
    log.info({ run: run.id }, "a training goes back into the queue, since the stage stops");
    return;
  }
  // A promoted run is stored with its promotion, and people may have given it up since.
  const ended = run;
  if (
    ended.state !== "PROMOTED" &&
    !(await whileAway(() => store.saveTrainingRun(ended, holder), stopping))
  ) {
    log.warn({ run: run.id }, `a training ends here: ${LOST}`);
    return;
  }
  tell(run, reason ?? run.message, ports);
}

/** Removes what a run has made besides the weights that were put in use. */
export function clearWork({ workDirectory }: Pick<LearningPorts, "workDirectory">): Promise<void> {
  return rm(workDirectory, { recursive: true, force: true });
}

/** Trains on all that is recorded, and on what people said of it; gives the directory of the new weights. */
async function train(
  run: TrainingRun,
  ports: LearningPorts,
  signal: AbortSignal,
  onProgress: (progress: TrainerProgress) => void,
): Promise<string> {
  const out = join(ports.workDirectory, "model");
  const args = await whileAway(() => prepare(run, ports, out), signal);
  await runTrainer(ports.trainer, args, signal, onProgress);
  return out;
}

/** Writes down what is to be learned from; gives the trainer's arguments. */
async function prepare(
  { service }: TrainingRun,
  { recorder, workDirectory, store, shelf }: LearningPorts,
  out: string,
): Promise<readonly string[]> {
  await clearWork({ workDirectory });
  const files = await recorder.freeze(join(workDirectory, "recorded"));
  if (files.length === 0)
    throw new Error("nothing has been recorded yet: see training.record, or wait for records");
  const active = await store.activeModel();
  if (active === undefined) throw new Error("the store names no weights in use");
  const feedback = join(workDirectory, "feedback.jsonl");
  const isFeedback = await writeFeedback(feedback, store);
  return [
    ["train", "--format", "recorded", "--input", ...files],
    ["--from", await shelf.bring(active), "--out", out],
    ["--threads", "1", "--progress", "json"],
    service === undefined ? [] : ["--only-service", service],
    isFeedback ? ["--feedback", feedback] : [],
  ].flat();
}

/** Why a run has failed, and what to do about it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("remedy" in error) return `${error.message}; ${error.remedy}`;
  // What the system says of a file.
  if ("code" in error && "path" in error) return `${error.message}; ${DISK_REMEDY}`;
  return error.message;
}

interface Beat {
  readonly tell: (progress: TrainerProgress) => void;
  /** What was told last, whether or not it was written. */
  last(): TrainerProgress | undefined;
  /** Aborted where another stage has taken the run over. */
  readonly lost: AbortSignal;
  /** Resolves when no write is on its way any more: one that came late would open the run again. */
  stop(): Promise<void>;
}

/** Writes down again and again how far a run is; a write that fails is no reason to end it. */
function startBeat({ store, log, holder }: LearningPorts, run: TrainingRun): Beat {
  const lost = new AbortController();
  let last: TrainerProgress | undefined;
  let writing: Promise<void> | undefined;
  const write = async () => {
    try {
      if (!(await store.saveTrainingRun({ ...run, ...last }, holder))) lost.abort(LOST);
    } catch (error) {
      log.warn({ reason: String(error) }, "a training's progress was not written");
    }
  };
  const beat = () => {
    writing ??= write().finally(() => {
      writing = undefined;
    });
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return {
    tell(told) {
      last = told;
    },
    last: () => last,
    lost: lost.signal,
    async stop() {
      clearInterval(timer);
      await writing;
    },
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
