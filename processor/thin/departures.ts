import { keyOf, type StreamName } from "./stream-name.ts";

/** Requests that have not gone on yet, in the order of their arrival in each stream. */
export interface Departures {
  /** Stands behind those that share a stream with it. */
  queueUp(streams: readonly StreamName[]): Departure;
}

/** A request's place among them. */
export interface Departure {
  /** Waits until those before it have gone on. */
  inTurn(): Promise<void>;
  /** It has gone on, or never will. More than once does no harm. */
  leave(): void;
}

/** Kept apart from what is known of the streams: that may be forgotten while requests of them are still here. */
export function createDepartures(): Departures {
  /** The last request in each stream. */
  const last = new Map<string, Promise<void>>();
  return {
    queueUp(streams) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const keys = new Set(streams.map(keyOf));
      const before: Promise<void>[] = [];
      for (const key of keys) {
        const other = last.get(key);
        if (other !== undefined) before.push(other);
        last.set(key, promise);
      }
      const inTurn = async () => void (await Promise.all(before));
      return {
        inTurn,
        leave() {
          // Who leaves before its turn does not let those behind it go before their own.
          void inTurn().then(() => {
            for (const key of keys) if (last.get(key) === promise) last.delete(key);
            resolve();
          });
        },
      };
    },
  };
}
