import type { Kysely } from "kysely";
import {
  deleteLostParts,
  deleteModelParts,
  finishRecording,
  insertModelPart,
  insertRecordingPart,
  selectModelPart,
  selectModelParts,
  selectRecordingPart,
  selectRecordings,
} from "./queries/file-parts.ts";
import {
  configureModel,
  forgetModel,
  noteModelProblem,
  promoteModel,
  replaceUnusableModel,
  rollbackModel,
  selectActiveModel,
  selectModels,
} from "./queries/models.ts";
import {
  claimRun,
  requestTraining,
  returnRun,
  selectOpenRun,
  selectRuns,
  selectTurn,
  updateRun,
} from "./queries/training.ts";
import type { Tables } from "./tables.ts";
import type { TrainingStore } from "./training.ts";

/** Does work in one transaction: all of it, or nothing where it rejects. */
export type Atomically = <T>(work: (transaction: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** The store's part about trainings. */
export function trainingCalls(
  db: Kysely<Tables>,
  { atomically, visibly }: Readonly<Record<"atomically" | "visibly", Atomically>>,
): TrainingStore {
  return {
    requestTraining: (request) => visibly((transaction) => requestTraining(transaction, request)),
    openTrainingRun: () => selectOpenRun(db),
    trainingTurn: () => selectTurn(db),
    claimTraining: (claim, atMs) =>
      atomically(async (transaction) => {
        const run = await claimRun(transaction, claim, atMs);
        if (run !== undefined) await deleteLostParts(transaction);
        return run;
      }),
    returnTraining: (id, holder) => visibly((transaction) => returnRun(transaction, id, holder)),
    trainingRuns: (page) => selectRuns(db, page),
    saveTrainingRun: (run, holder) => updateRun(db, run, holder),
    ...modelCalls(db, { atomically, visibly }),
    saveModelPart: (version, name, part, content) => insertModelPart(db, { version, name, part, content }),
    modelParts: (version, limit) => selectModelParts(db, version, limit),
    modelPart: (version, name, part) => selectModelPart(db, version, name, part),
    dropModelParts: (version) => deleteModelParts(db, version),
    saveRecordingPart: (id, part, content) => insertRecordingPart(db, { id, part, content }),
    finishRecording: (id, parts, bytesMax) =>
      atomically((transaction) => finishRecording(transaction, id, parts, bytesMax)),
    recordings: () => selectRecordings(db),
    recordingPart: (id, part) => selectRecordingPart(db, id, part),
  };
}

type ModelCalls = Pick<
  TrainingStore,
  | "models"
  | "activeModel"
  | "configureModel"
  | "promoteModel"
  | "rollbackModel"
  | "replaceUnusableModel"
  | "noteModelProblem"
  | "forgetModel"
>;

function modelCalls(
  db: Kysely<Tables>,
  { atomically, visibly }: Readonly<Record<"atomically" | "visibly", Atomically>>,
): ModelCalls {
  return {
    models: () => selectModels(db),
    activeModel: () => selectActiveModel(db),
    configureModel: (version, atMs) => visibly((transaction) => configureModel(transaction, version, atMs)),
    promoteModel: (promotion, atMs) => visibly((transaction) => promoteModel(transaction, promotion, atMs)),
    rollbackModel: (atMs, from) => visibly((transaction) => rollbackModel(transaction, atMs, from)),
    replaceUnusableModel: (version, problem, instead, atMs) =>
      visibly((transaction) => replaceUnusableModel(transaction, { version, problem }, instead, atMs)),
    noteModelProblem: (version, problem) => noteModelProblem(db, version, problem),
    forgetModel: (version, instead) =>
      atomically((transaction) => forgetModel(transaction, version, instead)),
  };
}
