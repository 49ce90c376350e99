import type { AnomalyCursor, StoredAnomaly } from "../store/anomaly.ts";
import type { Incident } from "../store/incident.ts";
import type { Store } from "../store/store.ts";
import { createBroadcast } from "./broadcast.ts";

const ANOMALIES_PER_POLL = 500;
const QUEUE_MAX = 1_000;

/** What a feed is built from. */
export interface AnomalyFeedOptions {
  readonly store: Pick<
    Store,
    | "anomalyCursor"
    | "anomaliesSince"
    | "judgedRevision"
    | "incidentsJudgedSince"
    | "changeCounter"
    | "incidentsById"
  >;
  readonly pollIntervalMs: number;
  /** Told when the store can no longer be read, once until it can be read again; the feed goes on. */
  readonly onError: (error: unknown) => void;
}

/** Anomalies as they are stored, by whatever stage, each once, for any number of listeners; the store is read only while somebody listens. */
export interface AnomalyFeed {
  anomalies(): AsyncGenerator<StoredAnomaly>;
  /** The incidents that they were added to, or that were judged, as they are then; each once for all that came together. */
  incidents(): AsyncGenerator<Incident>;
  close(): void;
}

/** A feed by polling: one reader, whatever the number of listeners. */
export function createAnomalyFeed({ store, pollIntervalMs, onError }: AnomalyFeedOptions): AnomalyFeed {
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;
  const listening = { anomalies: 0, incidents: 0 };
  const onListeners = (kind: keyof typeof listening) => (listeners: number) => {
    listening[kind] = listeners;
    if (listening.anomalies + listening.incidents > 0) timer ??= start();
    else {
      clearInterval(timer);
      timer = undefined;
    }
  };
  const anomalies = createBroadcast<StoredAnomaly>(QUEUE_MAX, onListeners("anomalies"));
  const incidents = createBroadcast<Incident>(QUEUE_MAX, onListeners("incidents"));
  const tell = async ({ fresh, judged }: News) => {
    anomalies.send(fresh);
    const ids = [...new Set([...judged, ...fresh.flatMap(({ incidentId }) => incidentId ?? [])])];
    if (listening.incidents > 0 && ids.length > 0) incidents.send(await store.incidentsById(ids));
  };

  const start = () => {
    const read = createReader(store);
    let isReading = false;
    const poll = async () => {
      if (isReading) return;
      isReading = true;
      try {
        await tell(await read());
        isFailing = false;
      } catch (error) {
        if (!isFailing) onError(error);
        isFailing = true;
      } finally {
        isReading = false;
      }
    };
    void poll();
    const created = setInterval(() => void poll(), pollIntervalMs);
    created.unref();
    return created;
  };

  return {
    anomalies: anomalies.listen,
    incidents: incidents.listen,
    close() {
      clearInterval(timer);
      anomalies.close();
      incidents.close();
    },
  };
}

/** What has come since the last look. */
interface News {
  readonly fresh: readonly StoredAnomaly[];
  /** Ids of the incidents of which something was said. */
  readonly judged: readonly string[];
}

const NO_NEWS: News = { fresh: [], judged: [] };

/** Reads what has been stored since the call before, when another connection has written; the first call only looks where the store stands. */
function createReader(store: AnomalyFeedOptions["store"]): () => Promise<News> {
  let seen: { readonly anomalies: AnomalyCursor; readonly judged: number } | undefined;
  let changes: number | undefined;

  return async () => {
    if (seen === undefined) {
      seen = { anomalies: await store.anomalyCursor(), judged: await store.judgedRevision() };
      return NO_NEWS;
    }
    const counter = await store.changeCounter();
    if (counter === changes) return NO_NEWS;
    const { anomalies, next } = await store.anomaliesSince(seen.anomalies, ANOMALIES_PER_POLL);
    const { incidentIds, revision } = await store.incidentsJudgedSince(seen.judged);
    seen = { anomalies: next, judged: revision };
    // A full page may have more behind it.
    if (anomalies.length < ANOMALIES_PER_POLL) changes = counter;
    return { fresh: anomalies, judged: incidentIds };
  };
}
