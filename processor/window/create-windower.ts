import { byCount } from "./by-count.ts";
import { bySession } from "./by-session.ts";
import { byTime } from "./by-time.ts";
import type { WindowConfig } from "./config.ts";
import { type OpenStream, openStream } from "./open-stream.ts";
import { createPreviousInTrace } from "./previous-in-trace.ts";
import type { LogEvent, ParsedRecord, SequenceWindow, Windower } from "./sequence-window.ts";
import { StreamMap } from "./stream-map.ts";
import { writeStreamStates } from "./stream-states.ts";
import { createTakenOver } from "./taken-over.ts";
import type { WindowRule } from "./window-rule.ts";

/** Most sessions that one call of `closeIdle` closes, so that judging them stays within a scoring budget; the rest come with the next call. */
export const CLOSED_PER_CALL_MAX = 1_000;

/**
 * Cuts streams into windows. Every pushed record is fresh in exactly one window, and that window comes out of the
 * push that the record went into. At most `max_streams` streams are kept, each with at most `size` events.
 * @param now wall clock, milliseconds since the epoch
 */
export function createWindower(config: WindowConfig, now: () => number = Date.now): Windower {
  const rule = ruleOf(config);
  const limits = {
    size: config.size,
    step: Math.min(config.step, config.size),
    maxSessionEvents: config.max_session_events,
  };
  /** In the order of their last arrival: the first is the least recently used. */
  const streams = new StreamMap();
  /** Wall clock of the last record that was not pushed: a session that seems to begin soon after it may have begun before. */
  let skippedMs = Number.NEGATIVE_INFINITY;
  /** The same, where it may have begun elsewhere. */
  let unsettledMs = Number.NEGATIVE_INFINITY;
  const takenOver = createTakenOver(config.idle_ms);
  const previousInTrace = createPreviousInTrace(now(), takenOver.sinceMs);

  const mayBeMidway = (nowMs: number) => nowMs - Math.max(skippedMs, unsettledMs) <= config.idle_ms;

  const open = (key: string, { service, stream }: ParsedRecord, nowMs: number): OpenStream => {
    const before = takenOver.before(service, stream, nowMs);
    return openStream({ service, stream }, rule, limits, {
      ...before,
      isMidway: before?.isMidway === true || mayBeMidway(nowMs),
      previousOf: (record, pushedMs) => previousInTrace.of(key, record, pushedMs),
    });
  };

  return {
    push(records) {
      const nowMs = now();
      const windows: SequenceWindow[] = [];
      for (const [key, group] of groupByStream(records)) {
        const [first] = group;
        if (first === undefined) continue;
        const stream = streams.get(key) ?? open(key, first, nowMs);
        streams.delete(key);
        streams.set(key, stream);
        append(windows, stream.push(group, nowMs));
        append(
          windows,
          closeFirst(streams, () => streams.size > config.max_streams),
        );
      }
      return windows;
    },
    closeIdle(nowMs) {
      if (!rule.hasEnds) return [];
      const isIdle = (stream: OpenStream) => nowMs - stream.lastArrivalMs() > config.idle_ms;
      return closeFirst(streams, (stream, closed) => isIdle(stream) && closed < CLOSED_PER_CALL_MAX);
    },
    skip() {
      takenOver.skip();
      streams.clear();
      skippedMs = now();
      previousInTrace.skip(skippedMs);
    },
    unsettle() {
      for (const stream of streams.values()) stream.unsettle();
      unsettledMs = now();
      previousInTrace.unsettle(unsettledMs);
    },
    newestMs: (stream) => newestOf(streams.get(keyOf(stream))?.state().events),
    snapshot() {
      const nowMs = now();
      takenOver.forgetOld(nowMs);
      return (service) =>
        statesOf(streams.of(service), !mayBeMidway(nowMs) && takenOver.isPast(service, nowMs));
    },
    takeOver(service, state, isLast) {
      takenOver.add(service, state, isLast, now());
    },
    forget(service) {
      takenOver.forget(service);
      streams.deleteOf(service);
    },
  };
}

function ruleOf({ type, span_ms: spanMs, idle_ms: idleMs }: WindowConfig): WindowRule {
  switch (type) {
    case "count":
      return byCount;
    case "time":
      return byTime(spanMs);
    case "session":
      return bySession(idleMs);
  }
}

/** Takes streams out from the first one on, and closes them, as long as that is to be done. */
function closeFirst(
  streams: Map<string, OpenStream>,
  isToClose: (stream: OpenStream, closed: number) => boolean,
): readonly SequenceWindow[] {
  const closed: SequenceWindow[] = [];
  for (const [key, stream] of streams) {
    if (!isToClose(stream, closed.length)) break;
    streams.delete(key);
    const window = stream.close();
    if (window !== undefined) closed.push(window);
  }
  return closed;
}

/** @param areAll whether no other stream of the service may go on */
function statesOf(open: readonly OpenStream[], areAll: boolean): unknown {
  if (open.length === 0) return undefined;
  return writeStreamStates(
    open.toReversed().map((one) => [one.stream, one.state()]),
    areAll,
  );
}

function newestOf(events: readonly LogEvent[] | undefined): number | undefined {
  return events && Math.max(...events.map(({ timeMs }) => timeMs));
}

function groupByStream(records: readonly ParsedRecord[]): ReadonlyMap<string, readonly ParsedRecord[]> {
  return Map.groupBy(records, keyOf);
}

/** The length keeps apart names that hold any separator there could be. */
function keyOf({ service, stream }: Pick<ParsedRecord, "service" | "stream">): string {
  return `${service.length} ${service}${stream}`;
}

/** `push(...items)` would overflow the stack on a request with very many records. */
function append<T>(target: T[], items: readonly T[]): void {
  for (const item of items) target.push(item);
}
