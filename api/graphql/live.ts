import type { LiveRecord } from "../../store/live-record.ts";
import type { Anomaly } from "../../store/store.ts";
import type { Context } from "./context.ts";
import { severityName } from "./severity.ts";

interface OfService {
  readonly service?: string | null;
}

/** The subscriptions. */
export const live = {
  Subscription: {
    anomalyDetected: {
      subscribe: (_: unknown, { service }: OfService, { anomalies }: Context) =>
        ofService(anomalies(), service),
      resolve: (anomaly: Anomaly) => anomaly,
    },
    records: {
      subscribe: (_: unknown, { service }: OfService, { records }: Context) => ofService(records(), service),
      resolve: (record: LiveRecord) => record,
    },
  },
  ScoredRecord: {
    time: ({ timeMs }: LiveRecord) => timeMs,
    severity: ({ severityNumber }: LiveRecord) => severityName(severityNumber),
    score: ({ score }: LiveRecord) => score ?? null,
    threshold: ({ threshold }: LiveRecord) => threshold ?? null,
    anomalyId: ({ anomalyId }: LiveRecord) => anomalyId ?? null,
  },
};

async function* ofService<T extends { readonly service: string }>(
  source: AsyncGenerator<T>,
  service: string | null | undefined,
): AsyncGenerator<T> {
  for await (const one of source) {
    if (service === null || service === undefined || one.service === service) yield one;
  }
}
