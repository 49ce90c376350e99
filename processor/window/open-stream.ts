import type { LogEvent, ParsedRecord, SequenceWindow, Session } from "./sequence-window.ts";
import { createSessionTally } from "./session-tally.ts";
import type { WindowRule } from "./window-rule.ts";

/** Sizes that hold for every kind of window. */
export interface WindowLimits {
  /** Most events in a window. */
  readonly size: number;
  /** Most fresh events in a window, not above `size`. */
  readonly step: number;
  /** A session with more events has no end that is judged. */
  readonly maxSessionEvents: number;
}

/** A stream that may still go on. */
export interface OpenStream extends Pick<ParsedRecord, "service" | "stream"> {
  /** Judges the records with the context so far; a session that ended between them comes out closed. */
  push(records: readonly ParsedRecord[], nowMs: number): readonly SequenceWindow[];
  /** The session's end; undefined where ends are not judged. */
  close(): SequenceWindow | undefined;
  /** Wall clock of the last push, in milliseconds since the epoch. */
  lastArrivalMs(): number;
  /** Where it stops now. */
  state(): StreamState;
  /** Events of it may have gone elsewhere: the session that it is in is not judged as a whole. */
  unsettle(): void;
}

/** Where a stream stops. */
export interface StreamState {
  /** Whether the beginning of the session was seen. */
  readonly isWhole: boolean;
  /** The last ones, oldest first. */
  readonly events: readonly LogEvent[];
  /** What the session has been so far. */
  readonly session: Pick<Session, "events" | "counts" | "startedMs">;
}

/** What is known of a stream when it is opened. */
export interface StreamPast {
  /** Whether it may have gone on for a while: then neither the beginning nor the end of its first session is judged. */
  readonly isMidway?: boolean;
  /** What it goes on from. */
  readonly state?: StreamState | undefined;
  /** Whether events have passed between the state and what comes first now: it is not judged by what was before them. */
  readonly isBroken?: boolean;
  /** See {@link LogEvent.previousInTrace}. */
  readonly previousOf?: (record: ParsedRecord, nowMs: number) => LogEvent["previousInTrace"];
}

/** Events that are not judged yet, and the records that they come from. */
interface Fresh {
  readonly events: LogEvent[];
  readonly records: number[];
}

/** Opens the stream of the record's service and key; only those two fields are read. */
export function openStream(
  { service, stream }: Pick<ParsedRecord, "service" | "stream">,
  rule: WindowRule,
  { size, step, maxSessionEvents }: WindowLimits,
  past: StreamPast = {},
): OpenStream {
  const { isMidway = false, state, previousOf = () => undefined } = past;
  let { isBroken = false } = past;
  let isWhole = !isMidway && (state?.isWhole ?? true);
  let recent: readonly LogEvent[] = state?.events ?? [];
  let session = createSessionTally(state?.session);
  let lastArrivalMs = 0;

  const windowOf = (events: readonly LogEvent[], freshRecords: readonly number[]): SequenceWindow => ({
    service,
    stream,
    events,
    freshFrom: events.length - freshRecords.length,
    freshRecords,
    isStart: rule.hasEnds && isWhole && session.events === events.length,
    isClosed: freshRecords.length === 0,
    session,
  });

  const cut = (fresh: Fresh): SequenceWindow => {
    const context = isBroken ? [] : rule.context(recent, fresh.events.at(-1)?.timeMs ?? 0);
    isBroken = false;
    const events = [...lastOf(context, size - fresh.events.length), ...fresh.events];
    recent = context === recent ? events : [...recent, ...fresh.events].slice(-size);
    session.add(fresh.events);
    return windowOf(events, fresh.records);
  };

  const close = (): SequenceWindow | undefined => {
    if (!rule.hasEnds || !isWhole || recent.length === 0 || session.events > maxSessionEvents)
      return undefined;
    return windowOf(recent, []);
  };

  const startSession = (): readonly SequenceWindow[] => {
    const closed = close();
    isWhole = true;
    recent = [];
    session = createSessionTally();
    return closed === undefined ? [] : [closed];
  };

  const push = (records: readonly ParsedRecord[], nowMs: number): readonly SequenceWindow[] => {
    lastArrivalMs = nowMs;
    const windows: SequenceWindow[] = [];
    let fresh: Fresh = { events: [], records: [] };
    const flush = () => {
      if (fresh.events.length > 0) windows.push(cut(fresh));
      fresh = { events: [], records: [] };
    };
    let previousMs = isBroken ? undefined : recent.at(-1)?.timeMs;
    for (const record of records) {
      const gapMs = Math.max(0, record.timeMs - (previousMs ?? record.timeMs));
      previousMs = record.timeMs;
      const isNewSession = rule.ends(gapMs);
      const event = toEvent(record, isNewSession ? 0 : gapMs, previousOf(record, nowMs));
      if (isNewSession || isFull(fresh, event, rule, step)) flush();
      if (isNewSession) windows.push(...startSession());
      fresh.events.push(event);
      fresh.records.push(record.recordIndex);
    }
    flush();
    return windows;
  };

  return {
    service,
    stream,
    push,
    close,
    lastArrivalMs: () => lastArrivalMs,
    unsettle() {
      isWhole = false;
    },
    state: () => ({ isWhole, events: recent, session }),
  };
}

function lastOf(events: readonly LogEvent[], count: number): readonly LogEvent[] {
  return count === 0 ? [] : count >= events.length ? events : events.slice(-count);
}

/** Whether the event must wait for the next window. */
function isFull({ events }: Fresh, event: LogEvent, rule: WindowRule, step: number): boolean {
  const first = events[0];
  return first !== undefined && (events.length >= step || rule.isApart(first, event));
}

function toEvent(
  { match, timeMs, severityNumber, release }: ParsedRecord,
  gapMs: number,
  previousInTrace: LogEvent["previousInTrace"],
): LogEvent {
  return {
    match,
    timeMs,
    gapMs,
    severityNumber,
    release,
    previousInTrace,
    code: undefined,
    surprise: undefined,
    surprisedBy: undefined,
  };
}
