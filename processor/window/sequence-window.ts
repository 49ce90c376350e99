import type { TemplateMatch } from "../template/template-miner.ts";
import type { Release } from "./release.ts";

/** What a window remembers of a record: small and detached, because a view would pin its whole request. */
export interface LogEvent {
  readonly match: TemplateMatch;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** Time since the stream's previous event; 0 for its first. Never negative. */
  readonly gapMs: number;
  /** OTLP severity number, 0 to 24. */
  readonly severityNumber: number;
  /** Undefined where the sender tells none. */
  readonly release?: Release | undefined;
  /** Template id of the event before it in the same trace and stream; "" for the first one, null for one that seems to be the
   * first so soon after records were not seen that it may not be. Undefined where it is in no trace. */
  readonly previousInTrace?: string | null | undefined;
  /** Noted by the detector that shows the event to a model, when it does so first (see detect/event-code.ts). */
  code?: number | undefined;
  /** A model's own surprise at the event, and the weights that were surprised (see detect/own-surprise.ts). */
  surprise?: number | undefined;
  surprisedBy?: string | undefined;
}

/** A record on its way into a window. */
export interface ParsedRecord extends Pick<LogEvent, "match" | "timeMs" | "severityNumber" | "release"> {
  /** Index of the record within its request. */
  readonly recordIndex: number;
  readonly service: string;
  /** The stream that the record belongs to within its service; see stream-key.ts. */
  readonly stream: string;
  /** The trace that it belongs to, where it tells one. */
  readonly trace?: string | undefined;
  /** The sender had named the template itself. */
  readonly isAdopted?: boolean | undefined;
}

/** What a stream, or the session that it is in, has been so far. One object for as long as it is open: it also names it. */
export interface Session {
  /** Events since it began, those of the windows just cut included. */
  readonly events: number;
  /** How often each template came, by template id; templates beyond the first 512 are not counted. */
  readonly counts: ReadonlyMap<string, { readonly template: string; readonly count: number }>;
  /** Time of its first event, milliseconds since the epoch. */
  readonly startedMs: number;
  /** Noted by the judge, of which there is one, for its verdict on the whole session (see calibrate/session-memory.ts). */
  note?: unknown;
}

/** A run of one stream's events, oldest first: context, then the events that this window is the only one to judge. */
export interface SequenceWindow {
  readonly service: string;
  readonly stream: string;
  readonly events: readonly LogEvent[];
  /** Index in `events` of the first fresh event; `events.length` when there is none. */
  readonly freshFrom: number;
  /** Index in the request of each fresh event's record; empty when a session closed by falling silent. */
  readonly freshRecords: readonly number[];
  /** True when `events[0]` is the stream's (session's) very first event, so that a begin token is right. */
  readonly isStart: boolean;
  /** True when the session is over, so that its end can be judged. */
  readonly isClosed: boolean;
  /** What did not come after `events`, where this is no session's end: events of the last one's template, any of the service, or any
   * of any service. */
  readonly missing?: "template" | "service" | "everything" | undefined;
  readonly session: Session;
}

/** Cuts streams into windows. Bounded: idle and least recently used streams are closed. */
export interface Windower {
  push(records: readonly ParsedRecord[]): readonly SequenceWindow[];
  /** The sessions that have been idle for too long, closed. */
  closeIdle(nowMs: number): readonly SequenceWindow[];
  /** Records of any stream have passed that were not pushed: no stream is known to be whole any more. */
  skip(): void;
  /** Records of any stream may come here from now on that went elsewhere before, and the other way round: no session is known to be whole
   * any more, though what is known of it is kept. */
  unsettle(): void;
  /** Time of the newest event that is kept of a stream, milliseconds since the epoch; undefined where it is not open. */
  newestMs(stream: Pick<ParsedRecord, "service" | "stream">): number | undefined;
  /** What are open streams now: tells those of a service as JSON, undefined where it has none. */
  snapshot(): (service: string) => unknown;
  /**
   * The service's records come here from now on, and went elsewhere before: its streams go on where the state stops.
   * @param state what `snapshot` gave of the service; undefined where that is not known
   * @param isLast whether no record has come since
   * @throws Error that names the field when the state is not in the expected format
   */
  takeOver(service: string, state: unknown, isLast: boolean): void;
  /** Lets go of a service's streams: its records go elsewhere. */
  forget(service: string): void;
}
