import { LRUCache } from "lru-cache";
import type { Slot, StreamContext } from "./stream-context.ts";
import { createStreamContext } from "./stream-context.ts";
import { keyOf, type StreamName } from "./stream-name.ts";

/** What a table of streams needs. */
export interface StreamTablePorts {
  readonly streamsMax: number;
  readonly contextRecords: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Told how many records turned out to be context after they had been decided. */
  readonly onMissed: (records: number) => void;
  /** A stream is forgotten that may have open records. */
  readonly onForgotten: (slots: readonly Slot[]) => void;
}

/** The streams, at most `streamsMax`: the least recently used is forgotten. */
export interface StreamTable {
  of(name: StreamName): StreamContext;
  /** Of no stream is known what came before. */
  clear(): void;
}

/** After a start, what a stream's sender had acknowledged just before comes in this time: an anomaly may have been the last of it. */
export const SETTLING_MS = 60_000;

export function createStreamTable(ports: StreamTablePorts): StreamTable {
  const { streamsMax, contextRecords, now, onMissed, onForgotten } = ports;
  const streams = new LRUCache<string, StreamContext>({
    max: streamsMax,
    dispose: (stream) => onForgotten(stream.open()),
  });
  let settledMs = now() + SETTLING_MS;
  return {
    of(name) {
      const key = keyOf(name);
      const known = streams.get(key);
      if (known !== undefined) return known;
      const made = createStreamContext(contextRecords, now() < settledMs, onMissed);
      streams.set(key, made);
      return made;
    },
    clear() {
      streams.clear();
      settledMs = now() + SETTLING_MS;
    },
  };
}
