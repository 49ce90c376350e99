import DataLoader from "dataloader";
import type { NormalWindow, StoredAnomaly } from "../../store/anomaly.ts";
import type { Feedback, IncidentFeedback, LabelledScore } from "../../store/feedback.ts";
import type { Incident } from "../../store/incident.ts";
import type { LiveRecord } from "../../store/live-record.ts";
import type { LlmExplanation } from "../../store/llm.ts";
import type { ScoreTotals, Store } from "../../store/store.ts";
import type { Threshold } from "../../store/threshold.ts";
import type { Principal } from "../access/principal.ts";
import { createRowBudget, type RowBudget } from "../access/row-budget.ts";
import type { AlertsConfig } from "../alerts/config.ts";
import type { ApiConfig } from "../config.ts";
import type { Explainer } from "../llm/explainer.ts";
import { loadNormalWindows } from "../nearest/load-normal-windows.ts";
import type { PreparedSequences } from "../nearest/nearest-window.ts";
import { latestLabels } from "../thresholds/latest-labels.ts";
import { readSeries, type SeriesSpan } from "./read-series.ts";
import { createSeries, type ScoreBucket } from "./series.ts";

const DAY_MS = 86_400_000;

/** What stays the same over requests. */
export interface ContextPorts {
  readonly config: ApiConfig;
  /** Where incidents are told. */
  readonly channels: AlertsConfig["channels"];
  readonly store: Store;
  /** Asks a language model; undefined where none is configured. */
  readonly explainer: Explainer | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new ULID. */
  readonly newId: () => string;
  /** The name of the stage that the API belongs to, among those that share the store. */
  readonly instance: string;
  /** The program's version. */
  readonly version: string;
  /** Anomalies as they are stored, until the iterator is closed. */
  readonly anomalies: () => AsyncGenerator<StoredAnomaly>;
  /** Incidents, each time that anomalies were added to them or that they were judged. */
  readonly incidents: () => AsyncGenerator<Incident>;
  /** Sampled records as they are scored. */
  readonly records: () => AsyncGenerator<LiveRecord>;
}

/** A service over a time. */
export interface ServiceSpan {
  readonly service: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Scores of one service, in parts. */
export interface ServiceSeries extends SeriesSpan {
  readonly service: string;
}

/** What belongs to one request or event; loaders read once, however many fields ask. */
interface RequestState {
  /** Who asks. */
  readonly principal: Principal;
  readonly rows: RowBudget;
  readonly anomalyOf: DataLoader<string, StoredAnomaly | undefined>;
  readonly incidentOf: DataLoader<string, Incident | undefined>;
  readonly feedbackOf: DataLoader<string, readonly Feedback[]>;
  /** What was taken back as well. */
  readonly allFeedbackOf: DataLoader<string, readonly Feedback[]>;
  readonly incidentFeedbackOf: DataLoader<string, readonly IncidentFeedback[]>;
  /** What a language model said, by the explainer's key. */
  readonly llmOf: DataLoader<string, LlmExplanation | undefined>;
  readonly thresholdOf: DataLoader<string, Threshold | undefined>;
  readonly isService: DataLoader<string, boolean>;
  /** The newest normal sequences of a service, newest first. */
  readonly normalWindowsOf: DataLoader<string, PreparedSequences<NormalWindow>>;
  readonly scoresOf: DataLoader<ServiceSpan, ScoreTotals, string>;
  /** One label an anomaly. */
  readonly labelsOf: DataLoader<ServiceSpan, readonly LabelledScore[], string>;
  /** Of spans that requireSeries has let pass. */
  readonly seriesOf: DataLoader<ServiceSeries, readonly ScoreBucket[], string>;
}

/** What resolvers reach of the world. */
export type Context = ContextPorts & RequestState;

/** A context for one request, or one event of a subscription: what was read is kept as long. */
export function createContext(ports: ContextPorts, principal: Principal): Context {
  const { store, config, explainer } = ports;
  const rows = createRowBudget(config.max_rows_per_operation);
  return {
    ...ports,
    principal,
    rows,
    anomalyOf: byId((ids) => store.anomaliesById(ids)),
    incidentOf: byId((ids) => store.incidentsById(ids)),
    incidentFeedbackOf: loader(async (ids) => {
      const byIncident = Map.groupBy(await store.feedbackForIncidents(ids), ({ incidentId }) => incidentId);
      return ids.map((id) => byIncident.get(id) ?? []);
    }),
    feedbackOf: loader((ids) => readFeedback(store, ids, false)),
    allFeedbackOf: loader((ids) => readFeedback(store, ids, true)),
    llmOf: loader(async (keys) => {
      const found = (await explainer?.explanations(keys)) ?? [];
      const byKey = new Map(found.map((one) => [one.key, one]));
      return keys.map((key) => byKey.get(key));
    }),
    thresholdOf: loader(async (services) => {
      const byService = new Map((await store.thresholds()).map((one) => [one.service, one]));
      return services.map((service) => byService.get(service));
    }),
    isService: loader(async (services) => {
      const known = new Set((await store.services()).map(({ name }) => name));
      return services.map((service) => known.has(service));
    }),
    normalWindowsOf: loader((services) => loadNormalWindows(store, services)),
    scoresOf: onceEach(({ service, fromMs, toMs }) => {
      rows.take(Math.ceil((toMs - fromMs) / DAY_MS));
      return store.scoreTotals(service, fromMs, toMs);
    }),
    labelsOf: onceEach(async ({ service, fromMs, toMs }) =>
      latestLabels(await store.labelledScores(service, fromMs, toMs)),
    ),
    seriesOf: new DataLoader(async (wanted) => readTogether(wanted, store), {
      cacheKeyFn: ({ service, ...span }) => `${spanKey(span)} ${service}`,
    }),
  };
}

async function readFeedback(
  store: Store,
  anomalyIds: readonly string[],
  includeUndone: boolean,
): Promise<readonly (readonly Feedback[])[]> {
  const feedback = await store.feedbackFor(anomalyIds, includeUndone);
  const byAnomaly = Map.groupBy(feedback, ({ anomalyId }) => anomalyId);
  return anomalyIds.map((id) => byAnomaly.get(id) ?? []);
}

/** The services that ask for the same parts of the same time are read together. */
async function readTogether(
  wanted: readonly ServiceSeries[],
  store: Store,
): Promise<readonly (readonly ScoreBucket[])[]> {
  const found = new Map<ServiceSeries, readonly ScoreBucket[]>();
  for (const together of Map.groupBy(wanted, spanKey).values()) {
    const [span] = together;
    if (span === undefined) continue;
    const services = [...new Set(together.map(({ service }) => service))];
    const series = new Map(
      services.map((service) => [service, createSeries(span.fromMs, span.toMs, span.buckets)]),
    );
    for await (const slice of readSeries(store, services, span))
      for (const histogram of slice) series.get(histogram.service)?.add([histogram]);
    for (const one of together) found.set(one, series.get(one.service)?.buckets() ?? []);
  }
  return wanted.map((one) => found.get(one) ?? []);
}

function spanKey({ fromMs, toMs, buckets }: SeriesSpan): string {
  return `${fromMs} ${toMs} ${buckets}`;
}

function byId<T extends { readonly id: string }>(
  read: (ids: readonly string[]) => Promise<readonly T[]>,
): DataLoader<string, T | undefined> {
  return new DataLoader<string, T | undefined>(async (ids) => {
    const found = new Map((await read(ids)).map((one) => [one.id, one]));
    return ids.map((id) => found.get(id));
  });
}

function loader<T>(read: (keys: readonly string[]) => Promise<readonly T[]>) {
  return new DataLoader<string, T>(read);
}

function onceEach<T>(read: (span: ServiceSpan) => Promise<T>): DataLoader<ServiceSpan, T, string> {
  return new DataLoader((spans) => Promise.all(spans.map(read)), {
    cacheKeyFn: ({ service, fromMs, toMs }) => `${fromMs} ${toMs} ${service}`,
  });
}
