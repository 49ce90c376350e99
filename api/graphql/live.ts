import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Incident } from "../../store/incident.ts";
import type { LiveRecord } from "../../store/live-record.ts";
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
      resolve: (anomaly: StoredAnomaly) => anomaly,
    },
    incidentChanged: {
      subscribe: (_: unknown, { service }: OfService, { incidents }: Context) =>
        ofService(incidents(), service),
      resolve: (incident: Incident) => incident,
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

/** Written out: a generator function that waits for a value cannot be told meanwhile that nobody wants it any more. */
function ofService<T extends { readonly service: string }>(
  source: AsyncGenerator<T>,
  service: string | null | undefined,
): AsyncIterableIterator<T> {
  return {
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done === true || service === null || service === undefined) return result;
        if (result.value.service === service) return result;
      }
    },
    return: () => source.return(undefined),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
