import type { ParsedLine } from "../../processor/receive/lines/parsed-line.ts";
import type { Clock } from "./clock.ts";

/** What pacing needs. */
export interface PacerOptions {
  /** How many times as fast as it was; Infinity for as fast as can be. */
  readonly speed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  send(lines: readonly ParsedLine[]): Promise<void>;
}

/** Sends records in their order and in the rhythm of their times. */
export interface Pacer {
  /** Waits until the record is due; after the signal it takes none. */
  push(line: ParsedLine): Promise<void>;
  /** Sends what is still held. */
  flush(): Promise<void>;
}

const BATCH_RECORDS_MAX = 500;
/** Records that are due within this time go together. */
const TICK_MS = 50;
const NANOS_PER_MS = 1_000_000n;

/**
 * The first record with a time is due at once, the others as much later as they are younger, divided by the speed. A record
 * without a time, or older than the one before, goes with the one before.
 */
export function createPacer({ speed, clock, signal, send }: PacerOptions): Pacer {
  let batch: ParsedLine[] = [];
  let origin: { readonly timeUnixNano: bigint; readonly atMs: number } | undefined;
  let latest = 0n;

  const flush = async () => {
    if (batch.length === 0) return;
    const lines = batch;
    batch = [];
    await send(lines);
  };
  const dueMs = ({ timeUnixNano }: ParsedLine) => {
    if (timeUnixNano === undefined || speed === Number.POSITIVE_INFINITY) return 0;
    origin ??= { timeUnixNano, atMs: clock.now() };
    if (timeUnixNano > latest) latest = timeUnixNano;
    return origin.atMs + Number((latest - origin.timeUnixNano) / NANOS_PER_MS) / speed;
  };
  return {
    async push(line) {
      const due = dueMs(line);
      if (batch.length >= BATCH_RECORDS_MAX) await flush();
      if (due > clock.now() + TICK_MS) {
        await flush();
        while (!signal.aborted && clock.now() < due) await clock.sleep(due - clock.now(), signal);
      }
      if (!signal.aborted) batch.push(line);
    },
    flush,
  };
}
