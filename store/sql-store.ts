import { type Kysely, sql } from "kysely";
import {
  countAnomalies,
  insertAnomalies,
  selectAnomalies,
  selectAnomaliesSince,
  selectAnomaly,
} from "./queries/anomalies.ts";
import {
  countFeedback,
  insertFeedback,
  markUndone,
  selectFeedback,
  selectLabelledScores,
} from "./queries/feedback.ts";
import { selectLabels } from "./queries/labels.ts";
import {
  configureModel,
  forgetModel,
  promoteModel,
  replaceUnusableModel,
  rollbackModel,
  selectActiveModel,
  selectModels,
} from "./queries/models.ts";
import {
  addToJournal,
  deleteOlder,
  saveSnapshot,
  saveStatus,
  selectJournal,
  selectSnapshot,
  selectStatus,
} from "./queries/stage.ts";
import {
  addToHistograms,
  addToServices,
  addToTemplates,
  selectHistograms,
  selectServices,
  selectTemplates,
} from "./queries/statistics.ts";
import { changeThreshold, saveComputedThresholds, selectThresholds } from "./queries/thresholds.ts";
import { requestTraining, selectOpenRun, selectRuns, updateRun } from "./queries/training.ts";
import type { StageBatch, Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** What differs between databases. */
export interface SqlDatabase {
  readonly db: Kysely<Tables>;
  /** A number that changes whenever another connection has written. */
  changeCounter(): Promise<number>;
}

/** The store over any SQL database that Kysely speaks to. Rejects with the driver's own errors. */
export function createSqlStore({ db, changeCounter }: SqlDatabase, now: () => number): Store {
  const atomically = <T>(work: (transaction: Kysely<Tables>) => Promise<T>) => inTransaction(db, work);
  return {
    saveBatch: (batch) => atomically((transaction) => saveBatch(transaction, batch, now())),
    anomalies: (filter, page) => selectAnomalies(db, filter, page),
    anomaly: (id) => selectAnomaly(db, id),
    anomaliesSince: (afterId, limit, service) => selectAnomaliesSince(db, afterId, limit, service),
    countAnomalies: (filter) => countAnomalies(db, filter),
    services: () => selectServices(db),
    templates: (service, page) => selectTemplates(db, service, page),
    scoreHistograms: (service, fromMs, toMs) => selectHistograms(db, service, fromMs, toMs),
    addFeedback: (feedback) => insertFeedback(db, feedback),
    undoFeedback: (id, atMs) => markUndone(db, id, atMs),
    feedbackFor: (anomalyIds) => selectFeedback(db, anomalyIds),
    countFeedback: () => countFeedback(db),
    labelledScores: (service, fromMs, toMs) => selectLabelledScores(db, service, fromMs, toMs),
    labels: (limit) => selectLabels(db, limit),
    threshold: async (service) => (await selectThresholds(db, service))[0],
    thresholds: () => selectThresholds(db, undefined),
    setThreshold: (setting, atMs) => atomically((transaction) => changeThreshold(transaction, setting, atMs)),
    status: () => selectStatus(db),
    saveSnapshot: (name, json, atMs, journaled) =>
      atomically((transaction) => saveSnapshot(transaction, name, json, atMs, journaled)),
    snapshot: (name) => selectSnapshot(db, name),
    addToJournal: (entries) => atomically((transaction) => addToJournal(transaction, entries)),
    journal: (name) => selectJournal(db, name),
    requestTraining: (request) => requestTraining(db, request),
    openTrainingRun: () => selectOpenRun(db),
    trainingRuns: (page) => selectRuns(db, page),
    saveTrainingRun: (run) => updateRun(db, run),
    models: () => selectModels(db),
    activeModel: () => selectActiveModel(db),
    configureModel: (version, atMs) =>
      atomically((transaction) => configureModel(transaction, version, atMs)),
    promoteModel: (promotion, atMs) =>
      atomically((transaction) => promoteModel(transaction, promotion, atMs)),
    rollbackModel: (atMs) => atomically((transaction) => rollbackModel(transaction, atMs)),
    replaceUnusableModel: (version, problem, instead, atMs) =>
      atomically((transaction) => replaceUnusableModel(transaction, { version, problem }, instead, atMs)),
    forgetModel: (version, instead) =>
      atomically((transaction) => forgetModel(transaction, version, instead)),
    changeCounter,
    expire: (beforeMs) => atomically((transaction) => deleteOlder(transaction, beforeMs)),
    close: () => db.destroy(),
  };
}

/**
 * Rejects with what went wrong first. On a full disk SQLite may have rolled back by itself, and then says of the rollback that
 * there is nothing to roll back: Kysely's own transactions tell that, and the reason is gone.
 */
function inTransaction<T>(db: Kysely<Tables>, work: (transaction: Kysely<Tables>) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    await sql`begin`.execute(connection);
    try {
      const result = await work(connection);
      await sql`commit`.execute(connection);
      return result;
    } catch (error) {
      await sql`rollback`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

async function saveBatch(db: Kysely<Tables>, batch: StageBatch, nowMs: number): Promise<void> {
  // Writes first: a SQLite transaction that begins by reading cannot wait for another writer (SQLITE_BUSY_SNAPSHOT).
  await insertAnomalies(db, batch.anomalies);
  await addToServices(db, batch.services);
  await addToTemplates(db, batch.templates);
  await addToHistograms(db, batch.histograms);
  await saveComputedThresholds(db, batch.thresholds, nowMs);
  if (batch.status !== undefined) await saveStatus(db, batch.status);
}
