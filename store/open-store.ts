import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { AlertStore } from "./alert.ts";
import type { StoreSettings } from "./config.ts";
import type { LlmStore } from "./llm.ts";
import type { MemoryStore } from "./memory.ts";
import { type Store, StoreError } from "./store.ts";
import { OPENING, type StoreAnswer, type StoreCall } from "./store-calls.ts";
import type { TrainingStore } from "./training.ts";

/** Opens the configured database in a thread of its own: SQLite blocks the thread that calls it, and many rows are read and written as
 * JSON. Rejects with a {@link StoreError} when it cannot be opened. */
export async function openStore(config: StoreSettings): Promise<Store> {
  const url = new URL(`./store-worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(url, { workerData: config });
  const calls = createCalls(worker);
  await calls.opened;
  return {
    saveBatch: calls.remote("saveBatch"),
    anomalies: calls.remote("anomalies"),
    anomaly: calls.remote("anomaly"),
    anomaliesById: calls.remote("anomaliesById"),
    anomaliesSince: calls.remote("anomaliesSince"),
    anomalyCursor: calls.remote("anomalyCursor"),
    countAnomalies: calls.remote("countAnomalies"),
    incidents: calls.remote("incidents"),
    incidentsById: calls.remote("incidentsById"),
    incidentSubjects: calls.remote("incidentSubjects"),
    normalWindows: calls.remote("normalWindows"),
    services: calls.remote("services"),
    templates: calls.remote("templates"),
    deployments: calls.remote("deployments"),
    newTemplates: calls.remote("newTemplates"),
    scoreHistograms: calls.remote("scoreHistograms"),
    scoreHours: calls.remote("scoreHours"),
    scoreTotals: calls.remote("scoreTotals"),
    addFeedback: calls.remote("addFeedback"),
    undoFeedback: calls.remote("undoFeedback"),
    feedbackFor: calls.remote("feedbackFor"),
    feedbackForIncidents: calls.remote("feedbackForIncidents"),
    judgedRevision: calls.remote("judgedRevision"),
    incidentsJudgedSince: calls.remote("incidentsJudgedSince"),
    countFeedback: calls.remote("countFeedback"),
    labelCounts: calls.remote("labelCounts"),
    labellingCandidates: calls.remote("labellingCandidates"),
    labelledScores: calls.remote("labelledScores"),
    labels: calls.remote("labels"),
    labelsRevision: calls.remote("labelsRevision"),
    threshold: calls.remote("threshold"),
    thresholds: calls.remote("thresholds"),
    setThreshold: calls.remote("setThreshold"),
    thresholdChanges: calls.remote("thresholdChanges"),
    thresholdChange: calls.remote("thresholdChange"),
    statuses: calls.remote("statuses"),
    ...memoryCalls(calls.remote),
    ...trainingCalls(calls.remote),
    ...alertCalls(calls.remote),
    ...llmCalls(calls.remote),
    keptSecret: calls.remote("keptSecret"),
    changeCounter: calls.remote("changeCounter"),
    expire: calls.remote("expire"),
    close: calls.remote("close"),
  };
}

function trainingCalls(remote: ReturnType<typeof createCalls>["remote"]): TrainingStore {
  return {
    requestTraining: remote("requestTraining"),
    openTrainingRun: remote("openTrainingRun"),
    trainingTurn: remote("trainingTurn"),
    claimTraining: remote("claimTraining"),
    returnTraining: remote("returnTraining"),
    trainingRuns: remote("trainingRuns"),
    saveTrainingRun: remote("saveTrainingRun"),
    models: remote("models"),
    activeModel: remote("activeModel"),
    configureModel: remote("configureModel"),
    promoteModel: remote("promoteModel"),
    rollbackModel: remote("rollbackModel"),
    replaceUnusableModel: remote("replaceUnusableModel"),
    noteModelProblem: remote("noteModelProblem"),
    forgetModel: remote("forgetModel"),
    saveModelPart: remote("saveModelPart"),
    modelParts: remote("modelParts"),
    modelPart: remote("modelPart"),
    dropModelParts: remote("dropModelParts"),
    saveRecordingPart: remote("saveRecordingPart"),
    finishRecording: remote("finishRecording"),
    recordings: remote("recordings"),
    recordingPart: remote("recordingPart"),
  };
}

function memoryCalls(remote: ReturnType<typeof createCalls>["remote"]): MemoryStore {
  return {
    saveSnapshot: remote("saveSnapshot"),
    snapshot: remote("snapshot"),
    addToJournal: remote("addToJournal"),
    journalSince: remote("journalSince"),
    saveMemories: remote("saveMemories"),
    takeServices: remote("takeServices"),
    servicesSeenBy: remote("servicesSeenBy"),
    saveSightings: remote("saveSightings"),
    sightingsOfOthers: remote("sightingsOfOthers"),
  };
}

function alertCalls(remote: ReturnType<typeof createCalls>["remote"]): AlertStore {
  return {
    syncAlertChannels: remote("syncAlertChannels"),
    takeAlertLease: remote("takeAlertLease"),
    releaseAlertLease: remote("releaseAlertLease"),
    alertWork: remote("alertWork"),
    alertChanges: remote("alertChanges"),
    alertEvents: remote("alertEvents"),
    alertsOf: remote("alertsOf"),
    activeAlerts: remote("activeAlerts"),
    channelLoad: remote("channelLoad"),
    openedServices: remote("openedServices"),
    saveAlertPlan: remote("saveAlertPlan"),
    saveHealthMessage: remote("saveHealthMessage"),
    dueMessages: remote("dueMessages"),
    saveSendResult: remote("saveSendResult"),
    addTestMessage: remote("addTestMessage"),
    channelStatuses: remote("channelStatuses"),
  };
}

function llmCalls(remote: ReturnType<typeof createCalls>["remote"]): LlmStore {
  return {
    llmExplanations: remote("llmExplanations"),
    saveLlmExplanation: remote("saveLlmExplanation"),
    claimIncident: remote("claimIncident"),
    takeLlmCall: remote("takeLlmCall"),
  };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
}

function createCalls(worker: Worker) {
  const waiting = new Map<number, Waiting>();
  let lastId = OPENING;
  let death: StoreError | undefined;

  const wait = (id: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject });
    return promise;
  };
  const die = (message: string, cause?: unknown) => {
    death = new StoreError("other", message, "restart logbert", { cause });
    for (const { reject } of waiting.values()) reject(death);
    waiting.clear();
  };

  worker.on("message", (answer: StoreAnswer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer)
      call?.reject(new StoreError(answer.error.code, answer.error.message, answer.error.remedy));
    else call?.resolve(answer.value);
  });
  worker.on("error", (cause) => die("the database thread has crashed", cause));
  worker.on("exit", () => die("the database is closed"));

  return {
    opened: wait(OPENING),
    /** The method `name` of the store in the worker: both ends implement the same interface, so its types hold. */
    remote<Name extends keyof Store>(name: Name): Store[Name] {
      const call = (...args: unknown[]) => {
        if (death !== undefined) return Promise.reject(death);
        lastId += 1;
        const answer = wait(lastId);
        worker.postMessage({ id: lastId, method: name, args } satisfies StoreCall, buffersIn(args));
        return answer;
      };
      return call as Store[Name];
    },
  };
}

/** Buffers that are handed over instead of copied: those that are all of their memory. */
function buffersIn(args: readonly unknown[]): readonly ArrayBuffer[] {
  return args
    .flat()
    .flatMap((one) =>
      one instanceof Uint8Array &&
      one.buffer instanceof ArrayBuffer &&
      one.byteLength === one.buffer.byteLength
        ? [one.buffer]
        : [],
    );
}
