import DataLoader from "dataloader";
import type { LiveRecord } from "../../store/live-record.ts";
import type { Anomaly, Feedback, LabelledScore, NormalWindow, Store, Threshold } from "../../store/store.ts";
import { createRowBudget, type RowBudget } from "../access/row-budget.ts";
import type { ApiConfig } from "../config.ts";
import { latestLabels } from "../thresholds/latest-labels.ts";
import { addUpScores, type ScoreTotals } from "../thresholds/score-totals.ts";
import { scoreSlices } from "./score-slices.ts";

/** What stays the same over requests. */
export interface ContextPorts {
  readonly config: ApiConfig;
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new ULID. */
  readonly newId: () => string;
  /** The program's version. */
  readonly version: string;
  /** Anomalies as they are stored, until the iterator is closed. */
  readonly anomalies: () => AsyncGenerator<Anomaly>;
  /** Sampled records as they are scored. */
  readonly records: () => AsyncGenerator<LiveRecord>;
}

/** Normal sequences of a service that an anomaly is compared with. */
const NORMAL_WINDOWS_MAX = 500;

/** A service over a time. */
export interface ServiceSpan {
  readonly service: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What belongs to one request; loaders read once, however many fields ask. */
interface RequestState {
  readonly rows: RowBudget;
  readonly feedbackOf: DataLoader<string, readonly Feedback[]>;
  readonly thresholdOf: DataLoader<string, Threshold | undefined>;
  readonly isService: DataLoader<string, boolean>;
  /** The newest normal sequences of a service, newest first. */
  readonly normalWindowsOf: DataLoader<string, readonly NormalWindow[]>;
  readonly scoresOf: DataLoader<ServiceSpan, ScoreTotals, string>;
  /** One label an anomaly. */
  readonly labelsOf: DataLoader<ServiceSpan, readonly LabelledScore[], string>;
}

/** What resolvers reach of the world. */
export type Context = ContextPorts & RequestState;

/** How long a context is used: what a subscription read must not be kept for days. */
export type ContextLifetime = "request" | "subscription";

/** A context for one operation. */
export function createContext(ports: ContextPorts, lifetime: ContextLifetime): Context {
  const { store, config } = ports;
  const cache = lifetime === "request";
  const rows = createRowBudget(config.max_rows_per_operation);
  return {
    ...ports,
    rows,
    feedbackOf: loader(cache, async (anomalyIds) => {
      const byAnomaly = Map.groupBy(await store.feedbackFor(anomalyIds), ({ anomalyId }) => anomalyId);
      return anomalyIds.map((id) => byAnomaly.get(id) ?? []);
    }),
    thresholdOf: loader(cache, async (services) => {
      const byService = new Map((await store.thresholds()).map((one) => [one.service, one]));
      return services.map((service) => byService.get(service));
    }),
    isService: loader(cache, async (services) => {
      const known = new Set((await store.services()).map(({ name }) => name));
      return services.map((service) => known.has(service));
    }),
    normalWindowsOf: loader(cache, (services) =>
      Promise.all(services.map((service) => store.normalWindows(service, NORMAL_WINDOWS_MAX))),
    ),
    scoresOf: onceEach(cache, ({ service, fromMs, toMs }) =>
      addUpScores(scoreSlices({ store, rows }, service, fromMs, toMs)),
    ),
    labelsOf: onceEach(cache, async ({ service, fromMs, toMs }) =>
      latestLabels(await store.labelledScores(service, fromMs, toMs)),
    ),
  };
}

function loader<T>(cache: boolean, read: (keys: readonly string[]) => Promise<readonly T[]>) {
  return new DataLoader<string, T>(read, { cache });
}

function onceEach<T>(
  cache: boolean,
  read: (span: ServiceSpan) => Promise<T>,
): DataLoader<ServiceSpan, T, string> {
  return new DataLoader((spans) => Promise.all(spans.map(read)), {
    cache,
    cacheKeyFn: ({ service, fromMs, toMs }) => `${fromMs} ${toMs} ${service}`,
  });
}
