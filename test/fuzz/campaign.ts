import { setTimeout as sleep } from "node:timers/promises";
import { admissionProblem } from "./admission-problem.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { createGrpcSender } from "./grpc-sender.ts";
import { type Heard, isSuccess } from "./heard.ts";
import { createHttpSender, type Sender } from "./http-sender.ts";
import { type Expectation, expectationOf, problemOf } from "./judge.ts";
import { type Held, heldNow, openSockets } from "./leak-watch.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { type RecordingSink, startRecordingSink } from "./recording-sink.ts";
import { type FuzzedStage, REQUEST_BYTES_MAX, startFuzzedStage } from "./start-fuzzed-stage.ts";

/** Senders at one time. */
const LANES = 16;
/** A case that hears nothing for so long counts as unanswered. */
const ANSWER_TIMEOUT_MS = 60_000;
/** A stalled sender waits until so many others were answered. */
const STALL_ANSWERS = 8;

/** A case that went wrong. */
export interface Failure {
  readonly place: number;
  readonly one: FuzzCase | undefined;
  readonly problem: string;
}

/** What became of the cases of a window. */
export interface WindowReport {
  readonly failures: readonly Failure[];
  readonly taken: number;
  readonly refused: number;
  readonly closed: number;
  /** Either answer would have been right. */
  readonly open: number;
  readonly records: number;
  readonly held: Held;
}

/** A running stage between senders and a recording next hop, for one window of cases after the other. */
export interface Campaign {
  /** @param places numbers of the cases, for the report */
  window(cases: Iterable<readonly [place: number, one: FuzzCase]>): Promise<WindowReport>;
  /** What is wrong with the answer to one case alone; undefined when nothing is. */
  problemOf(one: FuzzCase): Promise<string | undefined>;
  /** Whether all bytes in flight have been given back; undefined when they have. */
  admissionProblem(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** Starts everything in this process, over real sockets. */
export async function startCampaign(): Promise<Campaign> {
  const sink = await startRecordingSink();
  const stage = await startFuzzedStage(sink.url);
  const ledger = createLedger();
  const lanes = Array.from({ length: LANES }, () => ({
    http: createHttpSender(stage.httpAddress),
    grpc: createGrpcSender(stage.grpcAddress),
  }));
  const closeLanes = () => Promise.all(lanes.flatMap(({ http, grpc }) => [http.close(), grpc.close()]));
  const send = async (cases: Iterable<readonly [place: number, one: FuzzCase]>) => {
    const window = createWindow(ledger);
    const queue = cases[Symbol.iterator]();
    await Promise.all(lanes.map((lane) => drive(queue, lane, window)));
    await closeLanes();
    await quiet();
    const failures = window.failures(sink, stage);
    return { failures, ...window.counts, records: sink.records };
  };
  return {
    async window(cases) {
      const report = await send(cases);
      // What is still known of the cases is gone by now.
      return { ...report, held: await heldNow() };
    },
    async problemOf(one) {
      const window = createWindow(ledger);
      for (const lane of lanes.slice(0, 1)) await drive([[0, one] as const].values(), lane, window);
      await closeLanes();
      return window.failures(sink, stage)[0]?.problem;
    },
    admissionProblem: () => admissionProblem(sink, stage),
    async stop() {
      await closeLanes();
      await stage.stop();
      await sink.close();
    },
  };
}

interface Lane {
  readonly http: Sender;
  readonly grpc: Sender;
}

type Window = ReturnType<typeof createWindow>;

function createWindow(ledger: Ledger) {
  const failures: Failure[] = [];
  const counts = { taken: 0, refused: 0, closed: 0, open: 0 };
  const cases = new Map<number, FuzzCase>();
  const waiting: { after: number; resolve: () => void }[] = [];
  let answers = 0;
  let busy = 0;
  const wake = () => {
    const isStuck = waiting.length >= busy;
    for (const one of waiting.splice(0)) {
      if (isStuck || answers >= one.after) one.resolve();
      else waiting.push(one);
    }
  };
  return {
    /** Resolves when some others were answered, or when nobody else is at work. */
    elsewhere: () =>
      new Promise<void>((resolve) => {
        waiting.push({ after: answers + STALL_ANSWERS, resolve });
        wake();
      }),
    begun: () => void busy++,
    ended() {
      busy--;
      wake();
    },
    heard(place: number, one: FuzzCase, expected: Expectation, heard: Heard) {
      answers++;
      wake();
      cases.set(place, one);
      const problem = problemOf(expected, heard);
      if (problem !== undefined) failures.push({ place, one, problem });
      if (expected.verdict === "open") counts.open++;
      if (heard.kind === "closed") counts.closed++;
      else if (isSuccess(heard)) counts.taken++;
      else counts.refused++;
      if (expected.request === undefined) return;
      if (isSuccess(heard)) ledger.acknowledged(expected.request, place);
      else if (heard.kind === "closed" || expected.mayClose) ledger.unknown(expected.request, place);
    },
    /** All of them, while nothing is on its way. */
    failures(sink: RecordingSink, stage: FuzzedStage): readonly Failure[] {
      for (const { place, problem } of ledger.settle(sink.take()))
        failures.push({ place: place ?? -1, one: cases.get(place ?? -1), problem });
      for (const problem of stage.errors.splice(0)) failures.push({ place: -1, one: undefined, problem });
      return failures;
    },
    counts,
  };
}

async function drive(
  queue: Iterator<readonly [place: number, one: FuzzCase]>,
  lane: Lane,
  window: Window,
): Promise<void> {
  window.begun();
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const [place, one] = next.value;
    const sender = one.door === "http" || one.door === "raw-http" ? lane.http : lane.grpc;
    const expected = expectationOf(one, REQUEST_BYTES_MAX);
    window.heard(place, one, expected, await inTime(sender.send(one, window.elsewhere)));
  }
  window.ended();
}

function inTime(heard: Promise<Heard>): Promise<Heard> {
  return new Promise((resolve) => {
    const reason = `nothing for ${ANSWER_TIMEOUT_MS} ms`;
    const late = setTimeout(() => resolve({ kind: "closed", reason }), ANSWER_TIMEOUT_MS);
    void heard.then((one) => {
      clearTimeout(late);
      resolve(one);
    });
  });
}

/** Waits until the stage's ends of closed connections are closed too: at most its own connections to the sink stay. */
async function quiet(): Promise<void> {
  let before = openSockets();
  for (let unchanged = 0; unchanged < 5; ) {
    await sleep(5);
    const now = openSockets();
    unchanged = now === before ? unchanged + 1 : 0;
    before = now;
  }
}
