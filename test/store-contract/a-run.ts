import type { Store } from "../../store/store.ts";
import type { TrainingRun } from "../../store/training.ts";
import { idOf } from "./an-anomaly.ts";

/** A queued run over all services with the id of `number`, asked for at `number` seconds. */
export function aRun(number: number, fields: Partial<TrainingRun> = {}): TrainingRun {
  return {
    id: idOf(number),
    service: undefined,
    state: "QUEUED",
    createdAtMs: number * 1_000,
    startedAtMs: undefined,
    finishedAtMs: undefined,
    progress: 0,
    loss: undefined,
    heldOutLossBefore: undefined,
    heldOutLossAfter: undefined,
    report: undefined,
    modelBefore: undefined,
    modelAfter: undefined,
    message: undefined,
    ...fields,
  };
}

/** Stores a run that replaced the weights `before` by `after`; tells whether they were still the active ones. */
export async function promoted(
  store: Store,
  number: number,
  before: string,
  after: string,
): Promise<boolean> {
  await store.requestTraining(aRun(number));
  const run = aRun(number, {
    state: "PROMOTED",
    finishedAtMs: number * 1_000,
    modelBefore: before,
    modelAfter: after,
  });
  return store.promoteModel({ version: after, run }, number * 1_000);
}
