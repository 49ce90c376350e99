import { type Kysely, sql } from "kysely";
import type { AlertStore } from "./alert.ts";
import type { LlmStore } from "./llm.ts";
import type { MemoryStore } from "./memory.ts";
import { selectAlertChanges, selectAlertEvents, selectAlertWork } from "./queries/alert-changes.ts";
import { releaseAlertLease, syncAlertChannels, takeAlertLease } from "./queries/alert-channels.ts";
import { saveAlertPlan, selectActiveAlerts, selectAlerts, selectOpenedServices } from "./queries/alerts.ts";
import {
  countAnomalies,
  insertAnomalies,
  selectAnomalies,
  selectAnomaliesById,
  selectAnomaliesSince,
  selectAnomaly,
} from "./queries/anomalies.ts";
import { addToDeployments, selectDeployments, selectNewTemplates } from "./queries/deployments.ts";
import { expirySteps } from "./queries/expire.ts";
import {
  countFeedback,
  insertFeedback,
  markUndone,
  selectFeedback,
  selectIncidentFeedback,
  selectIncidentsJudgedSince,
  selectLabelledScores,
} from "./queries/feedback.ts";
import { saveHealthMessage } from "./queries/health-messages.ts";
import { addToHistograms, selectHistograms } from "./queries/histograms.ts";
import { selectIncidentSubjects } from "./queries/incident-subjects.ts";
import { assignIncidents, selectIncidents, selectIncidentsById } from "./queries/incidents.ts";
import { selectLabelCounts, selectLabellingCandidates } from "./queries/labelling.ts";
import { selectLabels, selectLabelsRevision } from "./queries/labels.ts";
import { claimIncident, saveLlmExplanation, selectLlmExplanations, takeLlmCall } from "./queries/llm.ts";
import {
  saveMemories,
  saveSightings,
  selectServicesSeenBy,
  selectSightingsOfOthers,
  takeServices,
} from "./queries/memories.ts";
import {
  addTestMessage,
  saveSendResult,
  selectChannelLoad,
  selectChannelStatuses,
  selectDueMessages,
} from "./queries/outbox.ts";
import { countChange, nextRevision, selectChanges, selectRevision } from "./queries/revisions.ts";
import { replaceSamples, selectNormalWindows } from "./queries/samples.ts";
import { addToHours, selectHours, selectScoreTotals } from "./queries/score-hours.ts";
import { keepSecret } from "./queries/secrets.ts";
import { addToJournal, saveSnapshot, selectJournalSince, selectSnapshot } from "./queries/snapshots.ts";
import { saveStatus, selectStatuses } from "./queries/stage.ts";
import { addToServices, addToTemplates, selectServices, selectTemplates } from "./queries/statistics.ts";
import {
  changeThreshold,
  saveComputedThresholds,
  selectThresholdChange,
  selectThresholdChanges,
  selectThresholds,
} from "./queries/thresholds.ts";
import type { Retention, SavedBatch, StageBatch, Store } from "./store.ts";
import type { Tables } from "./tables.ts";
import { type Atomically, trainingCalls } from "./training-calls.ts";
import { withoutRepeated } from "./without-repeated.ts";

/** What differs between databases. */
export interface SqlDatabase {
  readonly db: Kysely<Tables>;
  /** Begins a transaction that writes: whoever else does so waits for its end. */
  begin(connection: Kysely<Tables>): Promise<void>;
}

/** The store over any SQL database that Kysely speaks to. Rejects with the driver's own errors. */
export function createSqlStore({ db, begin }: SqlDatabase, now: () => number): Store {
  const atomically: Atomically = (work) => inTransaction({ db, begin }, work);
  /** What pollers are told of. */
  const visibly: Visibly = (work) =>
    atomically(async (transaction) => work(transaction, await countChange(transaction)));
  return {
    saveBatch: (batch) => atomically((transaction) => saveBatch(transaction, batch, now())),
    anomalies: (filter, page) => selectAnomalies(db, filter, page),
    anomaly: (id) => selectAnomaly(db, id),
    anomaliesById: (ids) => selectAnomaliesById(db, ids),
    anomaliesSince: (after, limit) => selectAnomaliesSince(db, after, limit),
    anomalyCursor: async () => ({ revision: await selectRevision(db, "incidents"), id: undefined }),
    judgedRevision: () => selectRevision(db, "settings"),
    countAnomalies: (filter) => countAnomalies(db, filter),
    incidents: (filter, page) => selectIncidents(db, filter, page),
    incidentsById: (ids) => selectIncidentsById(db, ids),
    incidentSubjects: (incidentId, limit) => selectIncidentSubjects(db, incidentId, limit),
    normalWindows: (service, limit) => selectNormalWindows(db, service, limit),
    services: () => selectServices(db),
    templates: (service, page) => selectTemplates(db, service, page),
    ...deploymentCalls(db),
    scoreHistograms: (service, fromMs, toMs) => selectHistograms(db, service, fromMs, toMs),
    scoreHours: (services, fromMs, toMs) => selectHours(db, services, fromMs, toMs),
    scoreTotals: (service, fromMs, toMs) => selectScoreTotals(db, service, fromMs, toMs),
    ...feedbackCalls(db, visibly),
    threshold: async (service) => (await selectThresholds(db, service))[0],
    thresholds: () => selectThresholds(db, undefined),
    setThreshold: (setting, atMs) => visibly((transaction) => changeThreshold(transaction, setting, atMs)),
    thresholdChanges: (service, page) => selectThresholdChanges(db, service, page),
    thresholdChange: (id) => selectThresholdChange(db, id),
    statuses: () => selectStatuses(db),
    ...memoryCalls(db, atomically),
    ...trainingCalls(db, { atomically, visibly }),
    ...alertCalls(db, atomically),
    ...llmCalls(db, atomically),
    keptSecret: (name, proposal) => keepSecret(db, name, proposal),
    changeCounter: () => selectChanges(db),
    expire: (retention) => expire(retention, atomically, visibly),
    close: () => db.destroy(),
  };
}

/** @param revision of the change */
type Visibly = <T>(work: (transaction: Kysely<Tables>, revision: number) => Promise<T>) => Promise<T>;

type FeedbackCalls = Pick<
  Store,
  | "addFeedback"
  | "undoFeedback"
  | "feedbackFor"
  | "feedbackForIncidents"
  | "incidentsJudgedSince"
  | "countFeedback"
  | "labelCounts"
  | "labellingCandidates"
  | "labelledScores"
  | "labels"
  | "labelsRevision"
>;

function feedbackCalls(db: Kysely<Tables>, visibly: Visibly): FeedbackCalls {
  return {
    addFeedback: (...feedback) =>
      visibly((transaction, revision) => insertFeedback(transaction, feedback, revision)),
    undoFeedback: (id, atMs, by) =>
      visibly((transaction, revision) => markUndone(transaction, id, { atMs, by, revision })),
    feedbackFor: (anomalyIds, includeUndone) => selectFeedback(db, anomalyIds, includeUndone ?? false),
    feedbackForIncidents: (incidentIds) => selectIncidentFeedback(db, incidentIds),
    incidentsJudgedSince: (revision) => selectIncidentsJudgedSince(db, revision),
    countFeedback: () => countFeedback(db),
    labelCounts: (service) => selectLabelCounts(db, service),
    labellingCandidates: (service, limit) => selectLabellingCandidates(db, service, limit),
    labelledScores: (service, fromMs, toMs) => selectLabelledScores(db, service, fromMs, toMs),
    labels: (page) => selectLabels(db, page),
    labelsRevision: () => selectLabelsRevision(db),
  };
}

function memoryCalls(db: Kysely<Tables>, atomically: Atomically): MemoryStore {
  return {
    saveSnapshot: (name, json, atMs, journaled) =>
      atomically((transaction) => saveSnapshot(transaction, name, json, atMs, journaled)),
    snapshot: (name) => selectSnapshot(db, name),
    addToJournal: (entries, writer, atMs) =>
      atomically((transaction) => addToJournal(transaction, entries, writer, atMs)),
    journalSince: (name, afterSequence, limit) => selectJournalSince(db, name, afterSequence, limit),
    saveMemories: (memories, holder, atMs) =>
      atomically((transaction) => saveMemories(transaction, memories, holder, atMs)),
    takeServices: (services, instance) =>
      atomically((transaction) => takeServices(transaction, services, instance)),
    servicesSeenBy: (instance) => selectServicesSeenBy(db, instance),
    saveSightings: (sightings, instance) =>
      atomically((transaction) => saveSightings(transaction, sightings, instance)),
    sightingsOfOthers: (instance, afterRevision) => selectSightingsOfOthers(db, instance, afterRevision),
  };
}

function deploymentCalls(db: Kysely<Tables>): Pick<Store, "deployments" | "newTemplates"> {
  return {
    deployments: (filter, page) => selectDeployments(db, filter, page),
    newTemplates: (sequence, limit) => selectNewTemplates(db, sequence, limit),
  };
}

function alertCalls(db: Kysely<Tables>, atomically: Atomically): AlertStore {
  return {
    syncAlertChannels: (holder, names) =>
      atomically((transaction) => syncAlertChannels(transaction, holder, names)),
    takeAlertLease: (lease) => atomically((transaction) => takeAlertLease(transaction, lease)),
    releaseAlertLease: (holder) => releaseAlertLease(db, holder),
    alertWork: () => selectAlertWork(db),
    alertChanges: (channel, limit) => selectAlertChanges(db, channel, limit),
    alertEvents: (channel, limit) => selectAlertEvents(db, channel, limit),
    alertsOf: (channel, incidentIds) => selectAlerts(db, channel, incidentIds),
    activeAlerts: (channel, limit) => selectActiveAlerts(db, channel, limit),
    channelLoad: (channel, nowMs) => selectChannelLoad(db, channel, nowMs),
    openedServices: (channel, nowMs) => selectOpenedServices(db, channel, nowMs),
    saveAlertPlan: (plan) => atomically((transaction) => saveAlertPlan(transaction, plan)),
    saveHealthMessage: (plan) => atomically((transaction) => saveHealthMessage(transaction, plan)),
    dueMessages: (channel, query) => selectDueMessages(db, channel, query),
    saveSendResult: (result) => atomically((transaction) => saveSendResult(transaction, result)),
    addTestMessage: (channel, message, atMs) => addTestMessage(db, channel, message, atMs),
    channelStatuses: () => selectChannelStatuses(db),
  };
}

function llmCalls(db: Kysely<Tables>, atomically: Atomically): LlmStore {
  return {
    llmExplanations: (keys) => selectLlmExplanations(db, keys),
    saveLlmExplanation: (explanation) => saveLlmExplanation(db, explanation),
    claimIncident: (incidentId) => claimIncident(db, incidentId),
    takeLlmCall: (atMs, limits) => atomically((transaction) => takeLlmCall(transaction, atMs, limits)),
  };
}

/**
 * Rejects with what went wrong first. On a full disk SQLite may have rolled back by itself, and then says of the rollback that
 * there is nothing to roll back: Kysely's own transactions tell that, and the reason is gone.
 */
function inTransaction<T>(
  { db, begin }: SqlDatabase,
  work: (transaction: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    try {
      await begin(connection);
      const result = await work(connection);
      await sql`commit`.execute(connection);
      return result;
    } catch (error) {
      await sql`rollback`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

/** Labels go with their anomalies: who follows them is told at the end. */
async function expire(retention: Retention, atomically: Atomically, visibly: Atomically): Promise<void> {
  for (const step of expirySteps(retention)) while (await atomically(step)) {}
  await visibly(async () => undefined);
}

async function saveBatch(db: Kysely<Tables>, batch: StageBatch, nowMs: number): Promise<SavedBatch> {
  // Writes first: a SQLite transaction that begins by reading cannot wait for another writer (SQLITE_BUSY_SNAPSHOT).
  const repeated = await insertAnomalies(db, batch.anomalies);
  await replaceSamples(db, batch.samples);
  const { services, histograms } = withoutRepeated(batch, repeated);
  await addToServices(db, services);
  await addToTemplates(db, batch.templates);
  await addToDeployments(db, batch.deployments ?? []);
  await addToHistograms(db, histograms);
  await addToHours(db, histograms);
  await saveComputedThresholds(db, batch.thresholds, nowMs);
  const hasNamesake = batch.status !== undefined && (await saveStatus(db, batch.status));
  if (batch.anomalies.length > 0) await assignIncidents(db, batch.anomalies, await nextRevision(db));
  return { hasNamesake };
}
