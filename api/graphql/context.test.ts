import { beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../store/store.ts";
import { LOCAL } from "../access/principal.ts";
import { apiConfig } from "../config.ts";
import { createContext } from "./context.ts";

let reads: string[];
beforeEach(() => {
  reads = [];
});

const unused = () => Promise.reject(new Error("not asked for here"));
const store: Store = {
  saveBatch: unused,
  anomalies: unused,
  anomaly: unused,
  anomaliesById: unused,
  incidents: unused,
  incidentsById: unused,
  normalWindows: unused,
  anomaliesSince: unused,
  countAnomalies: unused,
  async services() {
    reads.push("services");
    return [{ name: "shop", records: 1, anomalies: 0, learningState: "ready", lastSeenMs: 0 }];
  },
  templates: unused,
  deployments: unused,
  newTemplates: unused,
  async scoreHistograms(service, fromMs, toMs) {
    reads.push(`minutes of ${service} ${fromMs}-${toMs}`);
    return [];
  },
  async scoreHours(services, fromMs, toMs) {
    reads.push(`hours of ${services?.join(" ")} ${fromMs}-${toMs}`);
    return [];
  },
  async scoreTotals(service, fromMs, toMs) {
    reads.push(`totals of ${service} ${fromMs}-${toMs}`);
    return { counts: [], firstMinuteMs: undefined, lastMinuteMs: undefined };
  },
  addFeedback: unused,
  undoFeedback: unused,
  async feedbackFor(ids) {
    reads.push(`feedback ${ids.join(" ")}`);
    return [];
  },
  feedbackForIncidents: unused,
  incidentsJudgedSince: unused,
  judgedRevision: unused,
  countFeedback: unused,
  labelCounts: unused,
  labellingCandidates: unused,
  labelledScores: unused,
  labels: unused,
  incidentSubjects: unused,
  labelsRevision: unused,
  threshold: unused,
  thresholds: unused,
  setThreshold: unused,
  thresholdChanges: unused,
  thresholdChange: unused,
  llmExplanations: unused,
  saveLlmExplanation: unused,
  claimIncident: unused,
  takeLlmCall: unused,
  keptSecret: unused,
  statuses: unused,
  syncAlertChannels: unused,
  takeAlertLease: unused,
  releaseAlertLease: unused,
  alertChanges: unused,
  alertsOf: unused,
  activeAlerts: unused,
  channelLoad: unused,
  saveAlertPlan: unused,
  saveHealthMessage: unused,
  alertWork: unused,
  alertEvents: unused,
  openedServices: unused,
  dueMessages: unused,
  saveSendResult: unused,
  addTestMessage: unused,
  channelStatuses: unused,
  saveSnapshot: unused,
  addToJournal: unused,
  journalSince: unused,
  saveMemories: unused,
  takeServices: unused,
  servicesSeenBy: unused,
  saveSightings: unused,
  sightingsOfOthers: unused,
  snapshot: unused,
  requestTraining: unused,
  openTrainingRun: unused,
  trainingRuns: unused,
  saveTrainingRun: unused,
  trainingTurn: unused,
  claimTraining: unused,
  returnTraining: unused,
  noteModelProblem: unused,
  saveModelPart: unused,
  modelParts: unused,
  modelPart: unused,
  dropModelParts: unused,
  saveRecordingPart: unused,
  finishRecording: unused,
  recordings: unused,
  recordingPart: unused,
  models: unused,
  activeModel: unused,
  configureModel: unused,
  promoteModel: unused,
  rollbackModel: unused,
  replaceUnusableModel: unused,
  forgetModel: unused,
  changeCounter: unused,
  anomalyCursor: unused,
  expire: unused,
  close: unused,
};

const newContext = () =>
  createContext(
    {
      config: apiConfig.parse({ max_rows_per_operation: 3 }),
      channels: [],
      store,
      explainer: undefined,
      now: () => 0,
      newId: () => "id",
      instance: "logbert",
      version: "1",
      anomalies: () => {
        throw new Error("not asked for here");
      },
      incidents: () => {
        throw new Error("not asked for here");
      },
      records: () => {
        throw new Error("not asked for here");
      },
    },
    LOCAL,
  );

describe("one request", () => {
  it("reads the feedback of all its anomalies at once, and once", async () => {
    const { feedbackOf } = newContext();
    await Promise.all([feedbackOf.load("a"), feedbackOf.load("b")]);
    await feedbackOf.load("a");
    expect(reads).toEqual(["feedback a b"]);
  });

  it("reads the scores of a time once, however many thresholds are tried on them", async () => {
    const { scoresOf } = newContext();
    const span = { service: "shop", fromMs: 1, toMs: 2 * 3_600_000 };
    await Promise.all([scoresOf.load(span), scoresOf.load({ ...span })]);
    expect(reads).toEqual(["totals of shop 1-7200000"]);
  });

  it("reads series of whole hours together for all services, and others by the minute", async () => {
    const { seriesOf } = newContext();
    const hours = { fromMs: 0, toMs: 7_200_000, buckets: 2 };
    await Promise.all([
      seriesOf.load({ service: "shop", ...hours }),
      seriesOf.load({ service: "auth", ...hours }),
    ]);
    expect(reads).toEqual(["hours of shop auth 0-7200000"]);
    await seriesOf.load({ service: "shop", fromMs: 60_000, toMs: 120_000, buckets: 1 });
    expect(reads.slice(1)).toEqual(["minutes of shop 60000-120000"]);
  });

  it("pays a row for each day of scores", async () => {
    const { scoresOf } = newContext();
    const load = (days: number) => scoresOf.load({ service: "shop", fromMs: 0, toMs: days * 86_400_000 });
    await load(2);
    await expect(load(1.5)).rejects.toThrow("3 rows in all");
  });

  it("knows the services that have sent something", async () => {
    const { isService } = newContext();
    expect(await Promise.all([isService.load("shop"), isService.load("none")])).toEqual([true, false]);
    expect(reads).toEqual(["services"]);
  });
});
