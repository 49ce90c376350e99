import { ulid } from "ulid";
import type { Store } from "../../store/store.ts";
import type { TrainingRun } from "../../store/training.ts";

const MINUTE_MS = 60_000;

/** A run as a stage writes it, over all services. */
export function sampleRun(createdAtMs: number, fields: Partial<TrainingRun>): TrainingRun {
  return {
    id: ulid(createdAtMs),
    service: undefined,
    state: "QUEUED",
    createdAtMs,
    startedAtMs: createdAtMs + 900,
    finishedAtMs: undefined,
    progress: 0,
    loss: undefined,
    heldOutLossBefore: undefined,
    heldOutLossAfter: undefined,
    report: undefined,
    modelBefore: "logbert-s",
    modelAfter: undefined,
    message: undefined,
    ...fields,
  };
}

/** Writes down what a stage had trained by now: one run that failed, one that was no better, and one that is in use. */
export async function saveSampleTrainings(store: Store, nowMs: number): Promise<void> {
  await store.configureModel("logbert-s", nowMs - 300 * MINUTE_MS);
  const failed = sampleRun(nowMs - 200 * MINUTE_MS, {
    state: "FAILED",
    finishedAtMs: nowMs - 199 * MINUTE_MS,
    message: "122 recorded events are too few: a training needs 200.",
  });
  const rejected = sampleRun(nowMs - 120 * MINUTE_MS, {
    service: "payments",
    state: "REJECTED",
    progress: 1,
    finishedAtMs: nowMs - 112 * MINUTE_MS,
    heldOutLossBefore: 1.412,
    heldOutLossAfter: 1.439,
    modelAfter: "logbert-s+payments-1",
    message: "The difference on 412 held-out events is within chance (p = 0.31).",
    report: curve([1.52, 1.47, 1.44, 1.439, 1.45]),
  });
  for (const run of [failed, rejected]) {
    await store.requestTraining(run);
    await store.saveTrainingRun(run);
  }
  const promoted = sampleRun(nowMs - 40 * MINUTE_MS, {
    state: "PROMOTED",
    progress: 1,
    finishedAtMs: nowMs - 31 * MINUTE_MS,
    heldOutLossBefore: 1.412,
    heldOutLossAfter: 0.987,
    modelAfter: "logbert-s+all-2",
    message: "Better on 3,120 of 4,001 held-out events; no service is worse.",
    report: curve([1.41, 1.2, 1.09, 1.02, 0.99, 0.987, 0.991]),
  });
  await store.requestTraining(promoted);
  await store.promoteModel({ version: "logbert-s+all-2", run: promoted }, nowMs - 31 * MINUTE_MS);
}

function curve(losses: readonly number[]): string {
  return JSON.stringify({ curve: losses.map((loss, index) => ({ step: index * 50, loss })) });
}
