import { createLogStream } from "./create-log-stream.ts";
import type { GeneratedRecord } from "./generated-record.ts";

/** What a normal stream is made from. */
export interface NormalOptions {
  readonly seed: number;
  /** How many records. */
  readonly records: number;
  readonly ratePerSecond?: number;
  /** Milliseconds since the epoch. */
  readonly startMs?: number;
}

const STEP_MS = 10_000;

/** Exactly so many records without incidents, in the order of time: what a model learns from. */
export function generateNormal(options: NormalOptions): readonly GeneratedRecord[] {
  const { seed, records, ratePerSecond = 50, startMs = Date.UTC(2026, 0, 5, 8) } = options;
  const stream = createLogStream({ seed, startMs, ratePerSecond });
  const result: GeneratedRecord[] = [];
  for (let untilMs = startMs + STEP_MS; result.length < records; untilMs += STEP_MS)
    result.push(...stream.next(untilMs));
  return result.slice(0, records);
}
