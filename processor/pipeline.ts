import { oddEnds } from "./calibrate/odd-ends.ts";
import { saidOfAbsence } from "./detect/absence.ts";
import type { Detector } from "./detect/detector.ts";
import type { Judged } from "./enrich/enrich.ts";
import type { Lane, Place } from "./flow/lane.ts";
import type { Forwarder, ForwardOutcome } from "./forward/forwarder.ts";
import type { Transport } from "./receive/consume.ts";
import type { RetryMemory } from "./receive/retries.ts";
import {
  type Asked,
  askDetectors,
  cutRecords,
  type JudgedSlice,
  judgeAnswers,
  type Scored,
  type ScoringRooms,
  unscored,
} from "./scoring.ts";
import type { SequenceWindow } from "./window/sequence-window.ts";
import { type ExportRequest, MalformedRequestError } from "./wire/record-view.ts";

/** A request that was judged but not yet acknowledged by the next hop: what a retry of it needs. */
export interface Pending {
  /** The enriched bytes that the next hop has not taken yet. */
  readonly bytes: Uint8Array;
  readonly work: Work;
}

/** All that is known of a request on its way. */
export interface Work {
  readonly request: ExportRequest;
  readonly judged: Judged;
  /** What is learned from. */
  readonly slices: readonly JudgedSlice[];
  /** Whether it has taught: of several tries of one request that the next hop takes, only the first does. */
  hasTaught: boolean;
}

/** The rooms, built by stage.ts. */
export interface Stages extends ScoringRooms {
  readonly read: (bytes: Uint8Array) => ExportRequest;
  /** Those of the panel: what they did not answer, and what they learn. */
  readonly detectors: readonly Detector[];
  readonly lane: Lane;
  readonly enrich: (request: ExportRequest, judged: Judged) => Uint8Array;
  readonly forwarder: Forwarder;
  /** What was made of requests that are under way or come again; an outcome where a sender left before it heard it. */
  readonly retries: RetryMemory<Pending | ForwardOutcome>;
  /** After the acknowledgement, a request as a whole; never waits. */
  readonly show: (request: ExportRequest, judged: Judged) => void;
  /** After the acknowledgement, in slices; never waits. */
  readonly remember: (request: ExportRequest | undefined, judged: Judged) => void;
  /** Has what these windows will teach for the first time written down; undefined where that is nothing. Waits for no more than
   * a moment. */
  readonly writeDown: (windows: readonly SequenceWindow[]) => Promise<void> | undefined;
  /** What the stage has just learned from; never waits. */
  readonly record: (windows: readonly SequenceWindow[], findings: Judged["findings"]) => void;
  readonly observer: PipelineObserver;
}

/** One serialised ExportLogsServiceRequest at the door. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly transport: Transport;
}

/** What the pipeline tells of each request. */
export interface PipelineObserver {
  incoming(records: number): void;
  /** What became of the records of a request, or of what fell silent, which has none. */
  scored(records: number, scored: Scored, seconds: number): void;
  /** Something of ours that broke after the acknowledgement; the records are safe. */
  failed(what: string, cause: unknown): void;
  /** Time that a request took before it was forwarded. */
  prepared(seconds: number): void;
  outcome(outcome: ForwardOutcome, records: number, transport: Transport): void;
}

/** What is held of a scored record until it is learned from: its windows, its evidence, its verdict. */
const WORK_BYTES_PER_RECORD = 2_048;
/** About what a remembered outcome takes. */
const OUTCOME_BYTES = 1_024;

/** The whole way of one export request. Its answer is the next hop's answer. */
export async function processRequest(
  { bytes, transport }: Arrival,
  stages: Stages,
  signal: AbortSignal,
): Promise<ForwardOutcome> {
  let place: Place | undefined;
  const make = async (isAwaited: () => boolean) => {
    const request = readOrRefuse(bytes, stages);
    if (isOutcome(request)) return request;
    place = stages.lane.enter(request.records.length);
    return prepare(request, place, stages, isAwaited);
  };
  const attempt = stages.retries.begin(bytes, make, signal);
  let rest: Pending | ForwardOutcome | undefined;
  try {
    const pending = await attempt.made;
    if (isOutcome(pending)) {
      rest = signal.aborted && pending.kind !== "retry" ? pending : undefined;
      return pending;
    }
    const outcome = await stages.forwarder.forward(pending.bytes, signal);
    stages.observer.outcome(outcome, pending.work.request.records.length, transport);
    if (outcome.kind === "accepted") await acknowledge(pending.work, stages);
    rest = restOf(outcome, pending, signal.aborted);
    return outcome;
  } finally {
    attempt.end(rest, bytes.length + sizeOf(rest));
    // Behind what it has to teach.
    if (place !== undefined) leaveInTurn(place, stages);
  }
}

/** What a retry of the same bytes is to find: what is still to be sent, or what a sender that has left could not hear. */
function restOf(
  outcome: ForwardOutcome,
  { bytes, work }: Pending,
  isUnheard: boolean,
): Pending | ForwardOutcome | undefined {
  if (outcome.kind === "retry") return { bytes: outcome.remainder ?? bytes, work };
  return isUnheard ? outcome : undefined;
}

function sizeOf(rest: Pending | ForwardOutcome | undefined): number {
  if (rest === undefined || isOutcome(rest)) return OUTCOME_BYTES;
  return rest.bytes.length + rest.work.judged.parsed.length * WORK_BYTES_PER_RECORD;
}

function leaveInTurn(place: Place, { lane }: Stages): void {
  void lane.inTurn(async () => place.leave());
}

/**
 * Judges what is missing and the sessions that fell silent. Their findings have no record to travel on: they go to the
 * store alone.
 */
export async function processSilence(nowMs: number, stages: Stages): Promise<void> {
  const asked = await stages.lane.inTurn(async () => {
    judgeAbsences(nowMs, stages);
    const windows = stages.windower.closeIdle(nowMs);
    return windows.length === 0 ? undefined : askDetectors([], windows, stages);
  });
  if (asked === undefined) return;
  const startedAtMs = performance.now();
  const scored = await judgeAnswers(asked, stages);
  stages.observer.scored(0, scored, (performance.now() - startedAtMs) / 1000);
  await stages.lane.inTurn(() => learn(undefined, scored.slices, stages));
}

/** What did not come has one piece of evidence and no events: only the calibration learns from it. */
function judgeAbsences(nowMs: number, stages: Stages): void {
  const absences = stages.detectors.flatMap((detector) => detector.watch?.(nowMs) ?? []);
  if (absences.length === 0) return;
  const findings = absences.flatMap((absence) => stages.judge.judge(...saidOfAbsence(absence)));
  stages.judge.learn(findings);
  stages.remember(undefined, { parsed: [], findings, anomalies: stages.name(findings) });
}

/** Only here may a request be refused; every later room fails open. */
function readOrRefuse(bytes: Uint8Array, stages: Stages): ExportRequest | ForwardOutcome {
  try {
    return stages.read(bytes);
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) throw error;
    return { kind: "refused", reason: "malformed", message: error.message };
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
  const asked = place === undefined ? passBy(request, stages) : await inTurn(request, stages, isAwaited);
  // Nothing of it has been looked at: it comes again, and is new then.
  if (asked === "gone") return { kind: "retry", afterMs: undefined, message: "the sender went away" };
  stages.observer.incoming(request.records.length);
  const scored = "outcome" in asked ? await judgeAnswers(asked, stages) : asked;
  const [bytes, told] = enrichOrPass(request, scored, stages);
  const seconds = (performance.now() - startedAtMs) / 1000;
  stages.observer.scored(request.records.length, told, seconds);
  stages.observer.prepared(seconds);
  return { bytes, work: { request, judged: scored.judged, slices: scored.slices, hasTaught: false } };
}

/** The request's turn in the lane: here, and when it teaches, what the stage knows is changed, in the order of arrival. */
function inTurn(
  { records }: ExportRequest,
  stages: Stages,
  isAwaited: () => boolean,
): Promise<Asked | Scored | "gone"> {
  return stages.lane.inTurn(async (waitedMs) => {
    if (!isAwaited()) return "gone";
    try {
      const { parsed, windows } = await cutRecords(records, stages);
      if (waitedMs <= stages.scoringBudgetMs) return await askDetectors(parsed, windows, stages);
      const cause = new Error(`it had waited for ${Math.round(waitedMs)} ms when its turn came`);
      return unscored(parsed, records.length, "overload", cause);
    } catch (cause) {
      return unscored([], records.length, "failed", cause);
    }
  });
}

/** Nothing of the request is looked at, and what follows on its records must not be judged as if they had not been. */
function passBy({ records }: ExportRequest, { windower, lane }: Stages): Scored {
  windower.skip();
  const cause = new Error(`${lane.recordsInWork} records are being worked on`);
  return unscored([], records.length, "overload", cause);
}

/** Fails open: a request that our attributes cannot be written into goes on as it came. */
function enrichOrPass(
  request: ExportRequest,
  scored: Scored,
  { enrich }: Stages,
): readonly [Uint8Array, Scored] {
  try {
    return [enrich(request, scored.judged), scored];
  } catch (cause) {
    return [request.bytes, unscored([], request.records.length, "failed", cause)];
  }
}

/** The request's records are safe at the next hop: now, and only now, they teach, in their turn. What is new in them is written
 * down first. */
async function acknowledge(work: Work, stages: Stages): Promise<void> {
  if (work.hasTaught) return;
  work.hasTaught = true;
  const { request, judged, slices } = work;
  let written: Promise<void> | undefined;
  for (const [what, step] of [
    ["showing records", () => stages.show(request, judged)],
    [
      "writing down what is new",
      () => {
        written = stages.writeDown(slices.flatMap(({ windows }) => windows));
      },
    ],
  ] as const)
    try {
      step();
    } catch (cause) {
      stages.observer.failed(what, cause);
    }
  void stages.lane.inTurn(() => learn(request, slices, stages));
  await written;
}

/** Never rejects. What is remembered has been announced to the next hop, whatever becomes of learning. */
async function learn(
  request: ExportRequest | undefined,
  slices: readonly JudgedSlice[],
  stages: Stages,
): Promise<void> {
  for (const slice of slices) {
    await stages.breathe();
    for (const [what, step] of [
      ["learning", () => learnSlice(slice, stages)],
      ["remembering", () => stages.remember(request, slice.judged)],
    ] as const)
      try {
        step();
      } catch (cause) {
        stages.observer.failed(what, cause);
      }
  }
}

/** A detector that cannot learn keeps nobody else from it. */
function learnSlice({ windows, judged }: JudgedSlice, stages: Stages): void {
  if (windows.length === 0) return;
  const odd = oddEnds(judged.findings);
  for (const detector of stages.detectors)
    try {
      detector.learn(windows, odd);
    } catch (cause) {
      stages.observer.failed(`learning of ${detector.name}`, cause);
    }
  stages.judge.learn(judged.findings);
  stages.record(windows, judged.findings);
}

function isOutcome(value: ForwardOutcome | ExportRequest | Pending): value is ForwardOutcome {
  return "kind" in value;
}
