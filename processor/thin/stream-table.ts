import { LRUCache } from "lru-cache";
import type { ParsedRecord } from "../window/sequence-window.ts";
import type { Slot, StreamContext } from "./stream-context.ts";
import { createStreamContext } from "./stream-context.ts";

/** What names a stream. */
export type StreamName = Pick<ParsedRecord, "service" | "stream">;

/** A request's going on, by which those behind it wait. */
export interface Departure {
  readonly promise: Promise<void>;
  isOver: boolean;
}

/** A stream, and the last request with a record of it. */
export interface ThinnedStream {
  readonly context: StreamContext;
  last: Departure | undefined;
}

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
  of(name: StreamName): ThinnedStream;
  /** Of no stream is known what came before. */
  clear(): void;
}

/** After a start, what a stream's sender had acknowledged just before comes in this time: an anomaly may have been the last of it. */
export const SETTLING_MS = 60_000;

export function createStreamTable(ports: StreamTablePorts): StreamTable {
  const { streamsMax, contextRecords, now, onMissed, onForgotten } = ports;
  const streams = new LRUCache<string, ThinnedStream>({
    max: streamsMax,
    dispose: ({ context }) => onForgotten(context.open()),
  });
  let settledMs = now() + SETTLING_MS;
  return {
    of({ service, stream }) {
      // The length keeps apart names that hold any separator there could be.
      const key = `${service.length} ${service}${stream}`;
      const known = streams.get(key);
      if (known !== undefined) return known;
      const made = {
        context: createStreamContext(contextRecords, now() < settledMs, onMissed),
        last: undefined,
      };
      streams.set(key, made);
      return made;
    },
    clear() {
      streams.clear();
      settledMs = now() + SETTLING_MS;
    },
  };
}
