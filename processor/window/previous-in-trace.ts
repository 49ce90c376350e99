import type { LogEvent, ParsedRecord } from "./sequence-window.ts";
import { createTraceMemory } from "./trace-memory.ts";

/** A trace whose first event is seen so soon after a start, or after records that were not seen, may have begun before. */
const TRACES_ONGOING_MS = 60_000;

/** What came before each record in its trace. */
export interface PreviousInTrace {
  /**
   * Takes a record in, and tells {@link LogEvent.previousInTrace} of it.
   * @param stream names the stream among those of all services
   * @param nowMs wall clock of its arrival
   */
  of(stream: string, record: ParsedRecord, nowMs: number): LogEvent["previousInTrace"];
  /** Records of any trace have passed that were not taken in. */
  skip(nowMs: number): void;
  /** Records of any trace may have passed elsewhere; what is known stays. */
  unsettle(nowMs: number): void;
}

/**
 * @param startMs since when every record is taken in
 * @param serviceSinceMs since when those of a service are; undefined where that is no later
 */
export function createPreviousInTrace(
  startMs: number,
  serviceSinceMs: (service: string, nowMs: number) => number | undefined,
): PreviousInTrace {
  const traces = createTraceMemory();
  let wholeSinceMs = startMs;
  return {
    of(stream, { service, trace, match }, nowMs) {
      if (trace === undefined) return undefined;
      const previous = traces.follow(stream, trace, match.templateId);
      if (previous !== "") return previous;
      const sinceMs = Math.max(wholeSinceMs, serviceSinceMs(service, nowMs) ?? wholeSinceMs);
      return nowMs - sinceMs <= TRACES_ONGOING_MS ? null : previous;
    },
    skip(nowMs) {
      traces.clear();
      wholeSinceMs = nowMs;
    },
    unsettle(nowMs) {
      wholeSinceMs = nowMs;
    },
  };
}
