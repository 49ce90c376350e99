import type { Anomaly, Store } from "../store/store.ts";
import { createBroadcast } from "./broadcast.ts";

const POLL_INTERVAL_MS = 250;
const ANOMALIES_PER_POLL = 500;
const QUEUE_MAX = 1_000;

/** Anomalies as they are stored, for any number of listeners; the store is read only while somebody listens. */
export interface AnomalyFeed {
  listen(): AsyncGenerator<Anomaly>;
  close(): void;
}

/** @param onError told when the store cannot be read; the feed goes on */
export function createAnomalyFeed(store: Store, onError: (error: unknown) => void): AnomalyFeed {
  let timer: NodeJS.Timeout | undefined;
  const broadcast = createBroadcast<Anomaly>(QUEUE_MAX, (listeners) => {
    if (listeners > 0) timer ??= start();
    else {
      clearInterval(timer);
      timer = undefined;
    }
  });

  const start = () => {
    const poll = createPoll(store, broadcast.send);
    poll().catch(onError);
    const created = setInterval(() => poll().catch(onError), POLL_INTERVAL_MS);
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

/** Reads what is newer than at its first call, when another connection has written; never twice at a time. */
function createPoll(store: Store, send: (anomalies: readonly Anomaly[]) => void): () => Promise<void> {
  let lastId: string | undefined;
  let changes: number | undefined;
  let running: Promise<void> | undefined;

  const read = async () => {
    if (lastId === undefined) {
      const [newest] = await store.anomalies({}, { first: 1 });
      lastId = newest?.id ?? "";
      return;
    }
    const counter = await store.changeCounter();
    if (counter === changes) return;
    const anomalies = await store.anomaliesSince(lastId, ANOMALIES_PER_POLL, undefined);
    lastId = anomalies.at(-1)?.id ?? lastId;
    if (anomalies.length < ANOMALIES_PER_POLL) changes = counter;
    send(anomalies);
  };
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}
