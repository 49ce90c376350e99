import {
  type Anomaly,
  SCORE_BUCKETS,
  type ScoreHistogram,
  type ServiceDelta,
  type StageBatch,
  type TemplateDelta,
} from "../../store/store.ts";
import type { LearningState } from "../calibrate/verdict.ts";

const MINUTE_MS = 60_000;
/** Bound on each map: past it new keys are not counted until the next flush. */
const KEYS_MAX = 50_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Histogram = Mutable<Omit<ScoreHistogram, "counts">> & { counts: number[] };

/** One scored record, as far as the statistics need it. */
export interface TalliedRecord {
  readonly service: string;
  readonly timeMs: number;
  readonly templateId: string;
  readonly template: string;
  /** undefined for a record that passed unscored. */
  readonly score: number | undefined;
  readonly isAnomaly: boolean;
}

/** Adds up what happened since the last flush, in bounded memory. */
export interface Tally {
  record(record: TalliedRecord, learningState: LearningState): void;
  anomaly(anomaly: Anomaly): void;
  readonly queuedAnomalies: number;
  /** What was added up, and an empty tally again. */
  drain(): Omit<StageBatch, "thresholds" | "status">;
  /** Puts a batch that could not be written back, so that it goes with the next one. */
  restore(batch: Omit<StageBatch, "thresholds" | "status">): void;
}

/** @param onDrop told how many anomalies were dropped when more than `anomaliesMax` wait */
export function createTally(anomaliesMax: number, onDrop: (anomalies: number) => void): Tally {
  let anomalies: Anomaly[] = [];
  let histograms = new Map<string, Histogram>();
  let services = new Map<string, Mutable<ServiceDelta>>();
  let templates = new Map<string, Mutable<TemplateDelta>>();

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
    record(record, learningState) {
      if (record.score !== undefined) addScore(histograms, record, record.score);
      addService(services, record, learningState);
      addTemplate(templates, record);
    },
    anomaly(anomaly) {
      anomalies.push(anomaly);
      trim();
    },
    drain() {
      const batch = {
        anomalies,
        histograms: [...histograms.values()],
        services: [...services.values()],
        templates: [...templates.values()],
      };
      anomalies = [];
      histograms = new Map();
      services = new Map();
      templates = new Map();
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
  map: Map<string, Histogram>,
  { service, timeMs, isAnomaly }: TalliedRecord,
  score: number,
): void {
  const minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
  const entry = slot(map, `${minuteMs}|${service}`, () => ({
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
  map: Map<string, Mutable<ServiceDelta>>,
  { service, timeMs, isAnomaly }: TalliedRecord,
  learningState: LearningState,
): void {
  const entry = slot(map, service, () => ({
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

function addTemplate(map: Map<string, Mutable<TemplateDelta>>, record: TalliedRecord): void {
  const { service, timeMs, templateId, template } = record;
  const entry = slot(map, `${templateId}|${service}`, () => ({
    id: templateId,
    service,
    text: template,
    count: 0,
    firstSeenMs: timeMs,
    lastSeenMs: timeMs,
  }));
  if (entry === undefined) return;
  entry.text = template;
  entry.count += 1;
  entry.firstSeenMs = Math.min(entry.firstSeenMs, timeMs);
  entry.lastSeenMs = Math.max(entry.lastSeenMs, timeMs);
}

function slot<T>(map: Map<string, T>, key: string, create: () => T): T | undefined {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= KEYS_MAX) return undefined;
  const created = create();
  map.set(key, created);
  return created;
}

function mergeHistogram(map: Map<string, Histogram>, older: ScoreHistogram): void {
  const newer = slot<Histogram>(map, `${older.minuteMs}|${older.service}`, () => ({
    ...older,
    counts: new Array<number>(SCORE_BUCKETS).fill(0),
    anomalies: 0,
  }));
  if (newer === undefined) return;
  newer.counts = newer.counts.map((count, i) => count + (older.counts[i] ?? 0));
  newer.anomalies += older.anomalies;
  newer.maxScore = Math.max(newer.maxScore, older.maxScore);
}

function mergeService(map: Map<string, Mutable<ServiceDelta>>, older: ServiceDelta): void {
  const newer = slot(map, older.name, () => ({ ...older, records: 0, anomalies: 0 }));
  if (newer === undefined) return;
  newer.records += older.records;
  newer.anomalies += older.anomalies;
  newer.lastSeenMs = Math.max(newer.lastSeenMs, older.lastSeenMs);
}

function mergeTemplate(map: Map<string, Mutable<TemplateDelta>>, older: TemplateDelta): void {
  const newer = slot(map, `${older.id}|${older.service}`, () => ({ ...older, count: 0 }));
  if (newer === undefined) return;
  newer.count += older.count;
  newer.firstSeenMs = Math.min(newer.firstSeenMs, older.firstSeenMs);
  newer.lastSeenMs = Math.max(newer.lastSeenMs, older.lastSeenMs);
}
