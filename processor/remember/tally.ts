import type { Anomaly } from "../../store/anomaly.ts";
import {
  SCORE_BUCKETS,
  type ScoreHistogram,
  type ServiceDelta,
  type StageBatch,
  type TemplateDelta,
} from "../../store/store.ts";
import type { LearningState, Verdict } from "../calibrate/verdict.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import { createServiceSlots, type ServiceSlots } from "./service-slots.ts";

const MINUTE_MS = 60_000;
/** Bound on each kind of key: past it new keys are not counted until the next flush. */
const KEYS_MAX = 50_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Histogram = Mutable<Omit<ScoreHistogram, "counts">> & { counts: number[] };
/** By minute. */
type Histograms = ServiceSlots<number, Histogram>;
/** By name. */
type Services = ServiceSlots<string, Mutable<ServiceDelta>>;
/** By id. */
type Templates = ServiceSlots<string, Mutable<TemplateDelta>>;

/** A record, as far as the statistics need it. */
export type TalliedRecord = Pick<ParsedRecord, "service" | "timeMs" | "match">;

/** What was found in it; undefined for a record that passed unscored. */
export type TalliedVerdict = Pick<Verdict, "score" | "isAnomaly"> | undefined;

/** What was added up. */
export type TalliedBatch = Omit<StageBatch, "samples" | "thresholds" | "status">;

/** Adds up what happened since the last flush, in bounded memory. */
export interface Tally {
  record(record: TalliedRecord, verdict: TalliedVerdict, learningState: LearningState): void;
  anomaly(anomaly: Anomaly): void;
  readonly queuedAnomalies: number;
  /** What was added up, and an empty tally again. */
  drain(): TalliedBatch;
  /** Puts a batch that could not be written back, so that it goes with the next one. */
  restore(batch: TalliedBatch): void;
}

/** @param onDrop told how many anomalies were dropped when more than `anomaliesMax` wait */
export function createTally(anomaliesMax: number, onDrop: (anomalies: number) => void): Tally {
  let anomalies: Anomaly[] = [];
  let histograms: Histograms = createServiceSlots(KEYS_MAX);
  let services: Services = createServiceSlots(KEYS_MAX);
  let templates: Templates = createServiceSlots(KEYS_MAX);

  const trim = () => {
    const surplus = anomalies.length - anomaliesMax;
    if (surplus <= 0) return;
    anomalies.splice(0, surplus);
    onDrop(surplus);
  };

  return {
    get queuedAnomalies() {
      return anomalies.length;
    },
    record(record, verdict, learningState) {
      if (verdict !== undefined) addScore(histograms, record, verdict);
      addService(services, record, verdict?.isAnomaly ?? false, learningState);
      addTemplate(templates, record);
    },
    anomaly(anomaly) {
      anomalies.push(anomaly);
      trim();
    },
    drain() {
      const batch = {
        anomalies,
        histograms: histograms.values(),
        services: services.values(),
        templates: templates.values(),
      };
      anomalies = [];
      histograms = createServiceSlots(KEYS_MAX);
      services = createServiceSlots(KEYS_MAX);
      templates = createServiceSlots(KEYS_MAX);
      return batch;
    },
    restore(batch) {
      anomalies = [...batch.anomalies, ...anomalies];
      trim();
      for (const h of batch.histograms) mergeHistogram(histograms, h);
      for (const s of batch.services) mergeService(services, s);
      for (const t of batch.templates) mergeTemplate(templates, t);
    },
  };
}

function addScore(
  slots: Histograms,
  { service, timeMs }: TalliedRecord,
  { score, isAnomaly }: NonNullable<TalliedVerdict>,
): void {
  const minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
  const entry = slots.slot(service, minuteMs, () => ({
    service,
    minuteMs,
    counts: new Array<number>(SCORE_BUCKETS).fill(0),
    anomalies: 0,
    maxScore: 0,
  }));
  if (entry === undefined) return;
  const bucket = Math.min(SCORE_BUCKETS - 1, Math.floor(score * SCORE_BUCKETS));
  entry.counts[bucket] = (entry.counts[bucket] ?? 0) + 1;
  entry.anomalies += isAnomaly ? 1 : 0;
  entry.maxScore = Math.max(entry.maxScore, score);
}

function addService(
  slots: Services,
  { service, timeMs }: TalliedRecord,
  isAnomaly: boolean,
  learningState: LearningState,
): void {
  const entry = slots.slot(service, service, () => ({
    name: service,
    records: 0,
    anomalies: 0,
    learningState,
    lastSeenMs: timeMs,
  }));
  if (entry === undefined) return;
  entry.records += 1;
  entry.anomalies += isAnomaly ? 1 : 0;
  entry.learningState = learningState;
  entry.lastSeenMs = Math.max(entry.lastSeenMs, timeMs);
}

function addTemplate(slots: Templates, record: TalliedRecord): void {
  const { service, timeMs, match } = record;
  const entry = slots.slot(service, match.templateId, () => ({
    id: match.templateId,
    service,
    text: match.template,
    count: 0,
    firstSeenMs: timeMs,
    lastSeenMs: timeMs,
  }));
  if (entry === undefined) return;
  entry.text = match.template;
  entry.count += 1;
  entry.firstSeenMs = Math.min(entry.firstSeenMs, timeMs);
  entry.lastSeenMs = Math.max(entry.lastSeenMs, timeMs);
}

function mergeHistogram(slots: Histograms, older: ScoreHistogram): void {
  const newer = slots.slot(older.service, older.minuteMs, () => ({
    ...older,
    counts: new Array<number>(SCORE_BUCKETS).fill(0),
    anomalies: 0,
  }));
  if (newer === undefined) return;
  newer.counts = newer.counts.map((count, i) => count + (older.counts[i] ?? 0));
  newer.anomalies += older.anomalies;
  newer.maxScore = Math.max(newer.maxScore, older.maxScore);
}

function mergeService(slots: Services, older: ServiceDelta): void {
  const newer = slots.slot(older.name, older.name, () => ({ ...older, records: 0, anomalies: 0 }));
  if (newer === undefined) return;
  newer.records += older.records;
  newer.anomalies += older.anomalies;
  newer.lastSeenMs = Math.max(newer.lastSeenMs, older.lastSeenMs);
}

function mergeTemplate(slots: Templates, older: TemplateDelta): void {
  const newer = slots.slot(older.service, older.id, () => ({ ...older, count: 0 }));
  if (newer === undefined) return;
  newer.count += older.count;
  newer.firstSeenMs = Math.min(newer.firstSeenMs, older.firstSeenMs);
  newer.lastSeenMs = Math.max(newer.lastSeenMs, older.lastSeenMs);
}
