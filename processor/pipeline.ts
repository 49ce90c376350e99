import { oddEnds } from "./calibrate/odd-ends.ts";
import type { Finding, Judge } from "./calibrate/verdict.ts";
import { deadlineIn } from "./deadline.ts";
import type { Detector, Evidence } from "./detect/detector.ts";
import type { Judged } from "./enrich/enrich.ts";
import type { NamedAnomaly } from "./enrich/name-anomalies.ts";
import type { Forwarder, ForwardOutcome } from "./forward/forwarder.ts";
import type { Transport } from "./receive/consume.ts";
import type { RetryMemory } from "./receive/retries.ts";
import type { ParsedRecord, SequenceWindow, Windower } from "./window/sequence-window.ts";
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
  readonly windows: readonly SequenceWindow[];
  readonly judged: Judged;
  /** Whether it has taught: of several tries of one request that the next hop takes, only the first does. */
  hasTaught: boolean;
}

/** The rooms, built by stage.ts. */
export interface Stages {
  readonly read: (bytes: Uint8Array) => ExportRequest;
  readonly parse: (request: ExportRequest) => readonly ParsedRecord[];
  readonly windower: Windower;
  readonly detectors: readonly Detector[];
  readonly judge: Judge;
  readonly name: (findings: readonly Finding[]) => readonly NamedAnomaly[];
  readonly enrich: (request: ExportRequest, judged: Judged) => Uint8Array;
  readonly forwarder: Forwarder;
  /** What was made of requests that are under way or come again; an outcome where a sender left before it heard it. */
  readonly retries: RetryMemory<Pending | ForwardOutcome>;
  /** After the acknowledgement; never waits. */
  readonly remember: (request: ExportRequest | undefined, judged: Judged) => void;
  /** Has what was learned for the first time written down; undefined where nothing was. Waits for no more than a moment. */
  readonly writeDown: () => Promise<void> | undefined;
  /** What the stage has just learned from; never waits. */
  readonly record: (windows: readonly SequenceWindow[], findings: readonly Finding[]) => void;
  /** Time that scoring one request may take before its records pass unscored. */
  readonly scoringBudgetMs: number;
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
  /** A detector that was late or broken: the verdicts stand on the others. */
  absent(detector: string, cause: unknown): void;
  /** Records passed on without a verdict. */
  unscored(records: number, cause: unknown): void;
  judged(judged: Judged, seconds: number): void;
  /** Time that a request took before it was forwarded. */
  prepared(seconds: number): void;
  outcome(outcome: ForwardOutcome, records: number, transport: Transport): void;
}

/** About what a remembered outcome takes. */
const OUTCOME_BYTES = 1_024;
const NOTHING: Judged = { parsed: [], findings: [], anomalies: [] };

/** The whole way of one export request. Its answer is the next hop's answer. */
export async function processRequest(
  { bytes, transport }: Arrival,
  stages: Stages,
  signal: AbortSignal,
): Promise<ForwardOutcome> {
  const attempt = stages.retries.begin(bytes, () => prepare(bytes, stages));
  let rest: Pending | ForwardOutcome | undefined;
  try {
    const pending = await attempt.made;
    if (isOutcome(pending)) {
      rest = signal.aborted ? pending : undefined;
      return pending;
    }
    const outcome = await stages.forwarder.forward(pending.bytes, signal);
    stages.observer.outcome(outcome, pending.work.request.records.length, transport);
    if (outcome.kind === "accepted") await acknowledge(pending.work, stages);
    rest = restOf(outcome, pending, signal.aborted);
    return outcome;
  } finally {
    attempt.end(rest, isPending(rest) ? bytes.length + rest.bytes.length : OUTCOME_BYTES);
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

/**
 * Judges what is missing and the sessions that fell silent. Their findings have no record to travel on: they go to the
 * store alone.
 */
export async function processSilence(nowMs: number, stages: Stages): Promise<void> {
  judgeAbsences(nowMs, stages);
  const windows = stages.windower.closeIdle(nowMs);
  if (windows.length === 0) return;
  const judged = await judgeWindows([], windows, stages).catch((cause: unknown) => {
    stages.observer.unscored(0, cause);
    return NOTHING;
  });
  learn(windows, judged, stages);
  stages.remember(undefined, judged);
}

/** What did not come has one piece of evidence and no events: only the calibration learns from it. */
function judgeAbsences(nowMs: number, stages: Stages): void {
  const absences = stages.detectors.flatMap((detector) => detector.watch?.(nowMs) ?? []);
  if (absences.length === 0) return;
  const findings = stages.judge.judge(
    absences.map(({ window }) => window),
    absences.map(({ evidence }, window) => ({ ...evidence, window })),
  );
  stages.judge.learn(findings);
  stages.remember(undefined, { ...NOTHING, findings, anomalies: stages.name(findings) });
}

/** Goes on when the sender leaves: it comes again, and finds what was made of its request. */
async function prepare(bytes: Uint8Array, stages: Stages): Promise<Pending | ForwardOutcome> {
  const startedAtMs = performance.now();
  const request = readOrRefuse(bytes, stages);
  if (isOutcome(request)) return request;
  stages.observer.incoming(request.records.length);
  const { windows, judged } = await judgeOrPassThrough(request, stages);
  const enriched = enrichOrPassThrough(request, judged, stages);
  stages.observer.prepared((performance.now() - startedAtMs) / 1000);
  return { bytes: enriched, work: { request, windows, judged, hasTaught: false } };
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

/** Fails open: whatever goes wrong on the way to a verdict, the records go on as they came. */
async function judgeOrPassThrough(
  request: ExportRequest,
  stages: Stages,
): Promise<{ readonly windows: readonly SequenceWindow[]; readonly judged: Judged }> {
  const startedAt = performance.now();
  let parsed: readonly ParsedRecord[] = [];
  let windows: readonly SequenceWindow[] = [];
  try {
    parsed = stages.parse(request);
    windows = stages.windower.push(parsed);
    const judged = await judgeWindows(parsed, windows, stages);
    stages.observer.judged(judged, (performance.now() - startedAt) / 1000);
    return { windows, judged };
  } catch (cause) {
    stages.observer.unscored(request.records.length, cause);
    return { windows, judged: { ...NOTHING, parsed } };
  }
}

async function judgeWindows(
  parsed: readonly ParsedRecord[],
  windows: readonly SequenceWindow[],
  stages: Stages,
): Promise<Judged> {
  const budget = deadlineIn(stages.scoringBudgetMs);
  try {
    const evidence = await evidenceOf(windows, stages, budget.signal);
    const findings = stages.judge.judge(windows, evidence);
    return { parsed, findings, anomalies: stages.name(findings) };
  } finally {
    budget.clear();
  }
}

/** What the detectors say in time. One that is late or broken is left out; rejects when all of them are. */
async function evidenceOf(
  windows: readonly SequenceWindow[],
  { detectors, observer }: Stages,
  deadline: AbortSignal,
): Promise<readonly Evidence[]> {
  const late = rejection(deadline);
  // It rejects after an answer in time too, when nobody listens any more.
  late.catch(() => undefined);
  const answers = await Promise.allSettled(
    detectors.map((detector) => Promise.race([detector.score(windows, deadline), late])),
  );
  const [firstFailure] = answers.filter((answer) => answer.status === "rejected");
  if (firstFailure !== undefined && answers.every(({ status }) => status === "rejected"))
    throw firstFailure.reason;
  return answers.flatMap((answer, index) => {
    if (answer.status === "fulfilled") return answer.value;
    observer.absent(detectors[index]?.name ?? "", answer.reason);
    return [];
  });
}

function enrichOrPassThrough(request: ExportRequest, judged: Judged, stages: Stages): Uint8Array {
  try {
    return stages.enrich(request, judged);
  } catch (cause) {
    stages.observer.unscored(judged.findings.length, cause);
    return request.bytes;
  }
}

/** The request's records are safe at the next hop: now, and only now, they teach. */
async function acknowledge(work: Work, stages: Stages): Promise<void> {
  if (work.hasTaught) return;
  work.hasTaught = true;
  const { request, windows, judged } = work;
  for (const step of [
    () => learn(windows, judged, stages),
    // Its anomalies have been announced to the next hop, whatever became of learning.
    () => stages.remember(request, judged),
    () => stages.writeDown(),
  ])
    try {
      await step();
    } catch (cause) {
      stages.observer.unscored(0, cause);
    }
}

/** A detector that cannot learn keeps nobody else from it. */
function learn(windows: readonly SequenceWindow[], judged: Judged, stages: Stages): void {
  const odd = oddEnds(judged.findings);
  for (const detector of stages.detectors)
    try {
      detector.learn(windows, odd);
    } catch (cause) {
      stages.observer.absent(detector.name, cause);
    }
  stages.judge.learn(judged.findings);
  stages.record(windows, judged.findings);
}

/** Rejects when the signal aborts: a detector may ignore its signal. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function isOutcome(value: ForwardOutcome | ExportRequest | Pending): value is ForwardOutcome {
  return "kind" in value;
}

function isPending(value: Pending | ForwardOutcome | undefined): value is Pending {
  return value !== undefined && !isOutcome(value);
}
