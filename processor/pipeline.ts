import type { Judged } from "./enrich/enrich.ts";
import type { Breathe } from "./flow/breathe.ts";
import type { Lane, Place } from "./flow/lane.ts";
import type { ForwardOutcome } from "./forward/forward-outcome.ts";
import type { Forwarder } from "./forward/forwarder.ts";
import type { Metadata } from "./forward/metadata.ts";
import type { Transport } from "./receive/consume.ts";
import type { RetryMemory } from "./receive/retries.ts";
import { type Asked, judgeAnswers, type Scored, unscored } from "./scoring.ts";
import { passBy, type ScoringTurnRooms, takeTurn } from "./scoring-turn.ts";
import { acknowledge, type TeachingRooms, type Work } from "./teaching.ts";
import type { AnsweredRequest } from "./telemetry/traces.ts";
import type { Thinned } from "./thin/marks.ts";
import {
  countsOf,
  enterThinning,
  type ThinnedCounts,
  type Thinner,
  type ThinningTurn,
} from "./thinning-turn.ts";
import { type ExportRequest, MalformedRequestError } from "./wire/record-view.ts";

/** A request that was judged but not yet acknowledged by the next hop: what a retry of it needs. */
export interface Pending {
  /** The enriched bytes that the next hop has not taken yet. */
  readonly bytes: Uint8Array;
  readonly work: Work;
  /** Undefined where nothing is thinned out. */
  readonly thinned?: ThinnedCounts | undefined;
  /** To be told when the bytes have been handed to the next hop: others of the same streams wait behind them. */
  readonly handedOn?: (() => void) | undefined;
}

/** The rooms; see create-stages.ts. */
export interface Stages extends ScoringTurnRooms, TeachingRooms {
  readonly read: (bytes: Uint8Array) => ExportRequest;
  readonly lane: Lane;
  readonly enrich: (request: ExportRequest, judged: Judged, thinned?: Thinned) => Uint8Array;
  /** Undefined: every record goes on. */
  readonly thinner?: Thinner | undefined;
  /** Takes out of the bytes what must not go on, a piece after each breath. What it throws on does not go on at all. */
  readonly protect: (bytes: Uint8Array, breathe: Breathe) => Promise<Uint8Array>;
  readonly forwarder: Forwarder;
  /** What was made of requests that are under way or come again; an outcome where a sender left before it heard it. */
  readonly retries: RetryMemory<Pending | ForwardOutcome>;
  /** Whether records of a service have come to another stage since they came here: what is missing here may be there. */
  readonly isElsewhere: (service: string) => boolean;
  /** Whether all of a service has gone to another stage: what ends here may go on there. */
  readonly hasMoved: (service: string) => boolean;
  /** Asks what other stages have seen; never rejects, and waits for no more than a moment. */
  readonly lookElsewhere: () => Promise<void>;
  readonly observer: PipelineObserver;
}

/** One serialised ExportLogsServiceRequest at the door. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly transport: Transport;
  /** Headers that go on with it; the same bytes with others are another request. */
  readonly metadata?: Metadata | undefined;
}

/** What the pipeline tells of each request. */
export interface PipelineObserver {
  incoming(records: number): void;
  /** What became of the records of a request, or of what fell silent, which has none. */
  scored(records: number, scored: Scored, seconds: number): void;
  /** Something of ours that broke, by which no record is lost: thinning, or what follows the acknowledgement. */
  failed(what: string, cause: unknown): void;
  /** Time that a request took before it was forwarded. */
  prepared(seconds: number): void;
  outcome(outcome: ForwardOutcome, records: number, transport: Transport, thinned?: ThinnedCounts): void;
  /** When the request was where. */
  answered(request: AnsweredRequest): void;
}

/** What is held of a scored record until it is learned from: its windows, its evidence, its verdict. */
const WORK_BYTES_PER_RECORD = 2_048;
/** About what a remembered outcome takes. */
const OUTCOME_BYTES = 1_024;

/** The whole way of one export request. Its answer is the next hop's answer; with an outbox, that it is there. */
export async function processRequest(
  { bytes, transport, metadata }: Arrival,
  stages: Stages,
  signal: AbortSignal,
): Promise<ForwardOutcome> {
  const arrivedMs = performance.now();
  let place: Place | undefined;
  const make = async (isAwaited: () => boolean) => {
    const request = readOrRefuse(bytes, stages);
    if (isOutcome(request)) return request;
    place = stages.lane.enter(request.records.length);
    return prepare(request, place, stages, isAwaited);
  };
  const attempt = stages.retries.begin(bytes, make, signal, metadata?.key);
  const end = (left: Pending | ForwardOutcome | undefined) => attempt.end(left, bytes.length + sizeOf(left));
  let rest: Pending | ForwardOutcome | undefined;
  let endsLater = false;
  try {
    const pending = await attempt.made;
    if (isOutcome(pending)) {
      rest = signal.aborted && pending.kind !== "retry" ? pending : undefined;
      return pending;
    }
    const preparedMs = performance.now();
    const tell = (last: ForwardOutcome) =>
      conclude(last, pending, { arrivedMs, preparedMs, transport, bytes: bytes.length }, stages);
    const outcome = await handOn(pending, stages, signal, metadata);
    if (outcome.kind === "accepted" && metadata?.outbox !== undefined) {
      endsLater = true;
      metadata.outbox.whenOver((last) => endLater(last, pending, { tell, end }));
      return outcome;
    }
    await tell(outcome);
    rest = restOf(outcome, pending, signal.aborted);
    return outcome;
  } finally {
    if (!endsLater) end(rest);
    if (place !== undefined) leaveInTurn(place, stages);
  }
}

/** What is known of a request by the time of its answer. */
interface Passed {
  readonly arrivedMs: number;
  readonly preparedMs: number;
  readonly transport: Transport;
  readonly bytes: number;
}

/** Tells what the next hop has said, and teaches what it has taken. */
async function conclude(
  outcome: ForwardOutcome,
  { work, thinned }: Pending,
  { arrivedMs, preparedMs, transport, bytes }: Passed,
  stages: Stages,
): Promise<void> {
  const forwardedMs = performance.now();
  const records = work.request.records.length;
  stages.observer.outcome(outcome, records, transport, thinned);
  if (outcome.kind === "accepted") await acknowledge(work, stages);
  const times = { arrivedMs, preparedMs, forwardedMs, answeredMs: performance.now() };
  stages.observer.answered({ times, transport, records, bytes, outcome: outcome.kind });
}

/** Until its messages are written, a request in an outbox was taken by nobody: the same bytes are to find it, and to write it. */
async function endLater(
  last: ForwardOutcome | undefined,
  pending: Pending,
  {
    tell,
    end,
  }: {
    readonly tell: (last: ForwardOutcome) => Promise<void>;
    readonly end: (left: Pending | undefined) => void;
  },
): Promise<void> {
  try {
    if (last !== undefined) await tell(last);
  } finally {
    end(last === undefined ? { ...pending, handedOn: undefined } : undefined);
  }
}

const NOTHING_TO_SEND: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
/** It comes again. */
const SENDER_GONE: ForwardOutcome = { kind: "retry", afterMs: undefined, message: "the sender went away" };

/** A request of which no record is to go on has nothing to ask the next hop. Of a sender that has left, its next try counts. */
function handOn(
  { bytes, thinned, handedOn }: Pending,
  { forwarder }: Stages,
  signal: AbortSignal,
  metadata: Metadata | undefined,
): Promise<ForwardOutcome> {
  const isEmpty = bytes.length === 0 && thinned !== undefined && thinned.leftOut > 0;
  try {
    if (!isEmpty) return forwarder.forward(bytes, signal, metadata);
    return Promise.resolve(signal.aborted ? SENDER_GONE : NOTHING_TO_SEND);
  } finally {
    handedOn?.();
  }
}

/** What a retry of the same bytes is to find: what is still to be sent, or what a sender that has left could not hear. */
function restOf(
  outcome: ForwardOutcome,
  pending: Pending,
  isUnheard: boolean,
): Pending | ForwardOutcome | undefined {
  // Nobody waits behind it any more, nor is what thinning held of it needed.
  if (outcome.kind === "retry")
    return { ...pending, bytes: outcome.remainder ?? pending.bytes, handedOn: undefined };
  return isUnheard ? outcome : undefined;
}

function sizeOf(rest: Pending | ForwardOutcome | undefined): number {
  if (rest === undefined || isOutcome(rest)) return OUTCOME_BYTES;
  return rest.bytes.length + rest.work.judged.parsed.length * WORK_BYTES_PER_RECORD;
}

/** Leaves behind what the request has to teach. */
export function leaveInTurn(place: Place, { lane }: Pick<Stages, "lane">): void {
  void lane.inTurn(async () => place.leave());
}

/** Only here may a request be refused; every later room fails open. */
export function readOrRefuse(
  bytes: Uint8Array,
  stages: Pick<Stages, "read">,
): ExportRequest | ForwardOutcome {
  try {
    return stages.read(bytes);
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) throw error;
    return { kind: "refused", reason: "malformed", message: error.message, isUnread: true };
  }
}

/**
 * Goes on when the sender leaves: it comes again, and finds what was made of its request.
 * @param place undefined when too many records are in work: then the request passes as it came
 * @param isAwaited whether some sender still waits for it
 */
async function prepare(
  request: ExportRequest,
  place: Place | undefined,
  stages: Stages,
  isAwaited: () => boolean,
): Promise<Pending | ForwardOutcome> {
  const startedAtMs = performance.now();
  const { records } = request;
  const asked =
    place === undefined
      ? passBy(records.length, stages)
      : await takeTurn({ records, isAwaited, repeats: stages.repeats }, stages);
  // Nothing of it has been looked at: it comes again, and is new then.
  if (asked === "gone") return SENDER_GONE;
  stages.observer.incoming(records.length);
  const inTurn = { request, asked, isLookedAt: place !== undefined };
  const thinning = enterThinning(inTurn, stages.thinner, (cause) =>
    stages.observer.failed("thinning out", cause),
  );
  try {
    return await judgeAndWrite(request, asked, startedAtMs, stages, thinning);
  } catch (error) {
    thinning?.leave();
    throw error;
  }
}

async function judgeAndWrite(
  request: ExportRequest,
  asked: Asked | Scored,
  startedAtMs: number,
  stages: Stages,
  thinning: ThinningTurn | undefined,
): Promise<Pending> {
  const scored = "outcome" in asked ? await judgeAnswers(asked) : asked;
  const judgedAtMs = performance.now();
  const thinned = await thinning?.thin(scored, stages.breathe);
  const heldMs = performance.now() - judgedAtMs;
  const [enriched, told, left] = enrichOrPass(request, scored, thinned, stages);
  const bytes = await stages.protect(enriched, stages.breathe);
  const preparedMs = performance.now() - startedAtMs;
  stages.observer.scored(request.records.length, told, (preparedMs - heldMs) / 1000);
  await thinning?.inTurn();
  stages.observer.prepared((performance.now() - startedAtMs) / 1000);
  return {
    bytes,
    work: { request, judged: scored.judged, slices: scored.slices, hasTaught: false },
    thinned: countsOf(left),
    handedOn: thinning?.leave,
  };
}

/** Fails open: a request that our attributes cannot be written into goes on as it came, and whole. */
function enrichOrPass(
  request: ExportRequest,
  scored: Scored,
  thinned: Thinned | undefined,
  { enrich }: Stages,
): readonly [Uint8Array, Scored, Thinned | undefined] {
  try {
    return [enrich(request, scored.judged, thinned), scored, thinned];
  } catch (cause) {
    return [request.bytes, unscored([], request.records.length, "failed", cause), undefined];
  }
}

/** Whether nothing of a request is left to be sent. */
export function isOutcome<T extends object>(value: T | ForwardOutcome): value is ForwardOutcome {
  return "kind" in value;
}
