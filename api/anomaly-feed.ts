import type { Anomaly, Store } from "../store/store.ts";
import { createBroadcast } from "./broadcast.ts";

const ANOMALIES_PER_POLL = 500;
const QUEUE_MAX = 1_000;
/**
 * Ids tell when an anomaly was found, not when it was stored: one whose record the next hop was slow to take comes late,
 * below ids that were told already. It is still noticed while it is among this many newest.
 */
const RECENT_MAX = 100;

/** What a feed is built from. */
export interface AnomalyFeedOptions {
  readonly store: Pick<Store, "anomalies" | "anomaliesSince" | "changeCounter">;
  readonly pollIntervalMs: number;
  /** Told when the store can no longer be read, once until it can be read again; the feed goes on. */
  readonly onError: (error: unknown) => void;
}

/** Anomalies as they are stored, each once, for any number of listeners; the store is read only while somebody listens. */
export interface AnomalyFeed {
  listen(): AsyncGenerator<Anomaly>;
  close(): void;
}

/** A feed by polling: one reader, whatever the number of listeners. */
export function createAnomalyFeed({ store, pollIntervalMs, onError }: AnomalyFeedOptions): AnomalyFeed {
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;
  const broadcast = createBroadcast<Anomaly>(QUEUE_MAX, (listeners) => {
    if (listeners > 0) timer ??= start();
    else {
      clearInterval(timer);
      timer = undefined;
    }
  });

  const start = () => {
    const read = createReader(store);
    let isReading = false;
    const poll = async () => {
      if (isReading) return;
      isReading = true;
      try {
        broadcast.send(await read());
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
    listen: broadcast.listen,
    close() {
      clearInterval(timer);
      broadcast.close();
    },
  };
}

/** Reads what has been stored since the call before, when another connection has written; the first call only looks where the store stands. */
function createReader(store: AnomalyFeedOptions["store"]): () => Promise<readonly Anomaly[]> {
  /** The newest ids that are known, oldest first. */
  let recent: readonly string[] | undefined;
  let changes: number | undefined;

  return async () => {
    if (recent === undefined) {
      const newest = await store.anomalies({}, { first: RECENT_MAX });
      recent = newest.map(({ id }) => id).reverse();
      return [];
    }
    const counter = await store.changeCounter();
    if (counter === changes) return [];
    const floor = recent.length < RECENT_MAX ? "" : (recent[0] ?? "");
    const read = await store.anomaliesSince(floor, ANOMALIES_PER_POLL, undefined);
    const known = new Set(recent);
    const fresh = read.filter(({ id }) => !known.has(id));
    recent = [...known, ...fresh.map(({ id }) => id)].sort().slice(-RECENT_MAX);
    // A full page may have more behind it.
    if (read.length < ANOMALIES_PER_POLL) changes = counter;
    return fresh;
  };
}
