import DataLoader from "dataloader";
import type { LiveRecord } from "../../store/live-record.ts";
import type { Anomaly, Feedback, Store, Threshold } from "../../store/store.ts";
import type { ApiConfig } from "../config.ts";

/** What resolvers reach of the world; loaders live for one request. */
export interface Context {
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
  readonly feedbackOf: DataLoader<string, readonly Feedback[]>;
  readonly thresholdOf: DataLoader<string, Threshold | undefined>;
}

/** What stays the same over requests. */
export type ContextPorts = Omit<Context, "feedbackOf" | "thresholdOf">;

/** A context with fresh loaders. */
export function createContext(ports: ContextPorts): Context {
  const { store } = ports;
  return {
    ...ports,
    feedbackOf: new DataLoader(async (anomalyIds) => {
      const byAnomaly = Map.groupBy(await store.feedbackFor(anomalyIds), ({ anomalyId }) => anomalyId);
      return anomalyIds.map((id) => byAnomaly.get(id) ?? []);
    }),
    thresholdOf: new DataLoader(async (services) => {
      const byService = new Map((await store.thresholds()).map((one) => [one.service, one]));
      return services.map((service) => byService.get(service));
    }),
  };
}
