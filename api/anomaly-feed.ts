import type { AnomalyCursor, StoredAnomaly } from "../store/anomaly.ts";
import type { Incident } from "../store/incident.ts";
import type { Store } from "../store/store.ts";
import { createBroadcast } from "./broadcast.ts";

const ANOMALIES_PER_POLL = 500;
const QUEUE_MAX = 1_000;

/** What a feed is built from. */
export interface AnomalyFeedOptions {
  readonly store: Pick<Store, "anomalyCursor" | "anomaliesSince" | "changeCounter" | "incidentsById">;
  readonly pollIntervalMs: number;
  /** Told when the store can no longer be read, once until it can be read again; the feed goes on. */
  readonly onError: (error: unknown) => void;
}

/** Anomalies as they are stored, by whatever stage, each once, for any number of listeners; the store is read only while somebody listens. */
export interface AnomalyFeed {
  anomalies(): AsyncGenerator<StoredAnomaly>;
  /** The incidents that they were added to, or that were judged here, as they are then; each once for all that came together. */
  incidents(): AsyncGenerator<Incident>;
  /** Tells an incident with the next poll: a poll looks for new anomalies, and what is said of one adds none. */
  judged(incidentId: string): void;
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
  const judged = new Set<string>();
  const tell = async (fresh: readonly StoredAnomaly[]) => {
    anomalies.send(fresh);
    const ids = [...new Set([...judged, ...fresh.flatMap(({ incidentId }) => incidentId ?? [])])];
    judged.clear();
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
    judged(incidentId) {
      if (listening.incidents > 0) judged.add(incidentId);
    },
    close() {
      clearInterval(timer);
      anomalies.close();
      incidents.close();
    },
  };
}

/** Reads what has been stored since the call before, when another connection has written; the first call only looks where the store stands. */
function createReader(store: AnomalyFeedOptions["store"]): () => Promise<readonly StoredAnomaly[]> {
  let cursor: AnomalyCursor | undefined;
  let changes: number | undefined;

  return async () => {
    if (cursor === undefined) {
      cursor = await store.anomalyCursor();
      return [];
    }
    const counter = await store.changeCounter();
    if (counter === changes) return [];
    const { anomalies, next } = await store.anomaliesSince(cursor, ANOMALIES_PER_POLL);
    cursor = next;
    // A full page may have more behind it.
    if (anomalies.length < ANOMALIES_PER_POLL) changes = counter;
    return anomalies;
  };
}
