import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { encodeRequest, type NewRecord } from "../../processor/wire/encode.ts";
import { serveCalls } from "../stage/child.ts";
import { toFrame } from "../stage/encode-requests.ts";
import { createGrpcCaller, type GrpcCaller } from "../stage/grpc-caller.ts";
import { quantile } from "../stage/statistics.ts";
import { type ChurnStream, createChurnStream } from "./churn-stream.ts";

/**
 * The sender of a log that changes: makes its requests as it goes, keeps a bounded number of them in flight, or sends them at a
 * steady rate whether or not the ones before have been answered. What is refused or cut off is sent again, as an exporter does.
 */
const churn = z.object({
  seed: z.int(),
  services: z.int(),
  recordsPerNewService: z.int(),
  templatesEach: z.int(),
  recordsPerRelease: z.int(),
  sessions: z.int(),
  recordsPerSession: z.int(),
});
const senderCall = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("open"), endpoint: z.string(), recordsEach: z.int(), churn }),
  z.object({
    kind: z.literal("burst"),
    inFlight: z.int(),
    records: z.number(),
    seconds: z.number(),
  }),
  z.object({ kind: z.literal("pace"), recordsPerSecond: z.number() }),
  z.object({ kind: z.literal("lap") }),
  z.object({ kind: z.literal("pause") }),
]);
export type SenderCall = z.infer<typeof senderCall>;

/** NaN when nothing was answered. */
const latencyMs = z.number().or(z.nan());
/** What was answered since the lap before. Latencies are from due (or sent) to answered, in milliseconds. */
export const lapAnswer = z.object({
  seconds: z.number(),
  records: z.int(),
  p50Ms: latencyMs,
  p99Ms: latencyMs,
  largestMs: latencyMs,
  /** Requests that were told to come again, and attempts that broke. */
  refused: z.int(),
  broken: z.int(),
  /** Requests that will not be sent again: the stage called them wrong. */
  rejected: z.int(),
  inFlight: z.int(),
  /** All records below this number have been answered. */
  answeredBelow: z.int(),
});
export type Lap = z.infer<typeof lapAnswer>;
/** Sending has begun. */
export const begunAnswer = z.object({ begun: z.literal(true) });

const OK = 0;
const UNAVAILABLE = 14;
/** grpc-status of what reached nobody: the connection broke. */
const BROKEN = -1;
const RETRY_MS = 50;
/** A sender has no endless memory: what is due beyond waits, and its latency counts on. */
const IN_FLIGHT_MAX = 1_000;

interface Sending {
  readonly stream: ChurnStream;
  readonly recordsEach: number;
  readonly endpoint: string;
  caller: GrpcCaller;
  /** The first records of the requests without an answer, in the order of their sending. */
  readonly open: Set<number>;
  nextNumber: number;
}

let sending: Sending | undefined;
let pacing: { stopped: boolean; readonly done: Promise<void> } | undefined;
let counts = freshCounts();

serveCalls(senderCall, async (call) => {
  switch (call.kind) {
    case "open":
      sending = {
        stream: createChurnStream(call.churn),
        recordsEach: call.recordsEach,
        endpoint: call.endpoint,
        caller: createGrpcCaller(call.endpoint),
        open: new Set(),
        nextNumber: 0,
      };
      return { begun: true };
    case "burst":
      await burst(opened(), call);
      return lap(opened());
    case "pace": {
      const state = { stopped: false };
      pacing = Object.assign(state, { done: pace(opened(), call.recordsPerSecond, state) });
      return { begun: true };
    }
    case "lap":
      return lap(opened());
    case "pause":
      if (pacing !== undefined) pacing.stopped = true;
      await pacing?.done;
      return lap(opened());
  }
});

function opened(): Sending {
  if (sending === undefined) throw new Error("nothing was opened");
  return sending;
}

function freshCounts() {
  return {
    startedAt: performance.now(),
    latenciesMs: [] as number[],
    records: 0,
    refused: 0,
    broken: 0,
    rejected: 0,
  };
}

function lap({ open, nextNumber }: Sending): Lap {
  const { startedAt, latenciesMs, ...rest } = counts;
  const ascending = latenciesMs.toSorted((a, b) => a - b);
  counts = freshCounts();
  const [oldest = nextNumber] = open;
  return {
    ...rest,
    seconds: (counts.startedAt - startedAt) / 1000,
    p50Ms: quantile(ascending, 0.5),
    p99Ms: quantile(ascending, 0.99),
    largestMs: quantile(ascending, 1),
    inFlight: open.size,
    answeredBelow: oldest,
  };
}

async function burst(
  sending: Sending,
  { inFlight, records, seconds }: { inFlight: number; records: number; seconds: number },
): Promise<void> {
  const { nextNumber: from } = sending;
  counts = freshCounts();
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < until && sending.nextNumber - from < records)
        await deliver(sending, performance.now());
    }),
  );
}

async function pace(sending: Sending, recordsPerSecond: number, state: { readonly stopped: boolean }) {
  counts = freshCounts();
  const startedAt = performance.now();
  const answers = new Set<Promise<void>>();
  for (let i = 0; !state.stopped; i += 1) {
    const dueAt = startedAt + (i * sending.recordsEach * 1000) / recordsPerSecond;
    const rest = dueAt - performance.now();
    if (rest > 1) await delay(rest);
    while (answers.size >= IN_FLIGHT_MAX) await Promise.race(answers);
    const answer = deliver(sending, dueAt).finally(() => answers.delete(answer));
    answers.add(answer);
  }
  await Promise.all(answers);
}

/** Makes the next request and sends it until it is taken, or called wrong. */
async function deliver(sending: Sending, dueAt: number): Promise<void> {
  const { recordsEach, open } = sending;
  const number = sending.nextNumber;
  sending.nextNumber += recordsEach;
  open.add(number);
  const frame = nextFrame(sending);
  for (let status = await attempt(sending, frame); status !== OK; status = await attempt(sending, frame)) {
    if (status === BROKEN) counts.broken += 1;
    else if (status === UNAVAILABLE) counts.refused += 1;
    else {
      counts.rejected += 1;
      break;
    }
    await delay(RETRY_MS);
  }
  open.delete(number);
  counts.records += recordsEach;
  counts.latenciesMs.push(performance.now() - dueAt);
}

async function attempt(sending: Sending, frame: Buffer): Promise<number> {
  const { caller, endpoint } = sending;
  try {
    return await caller.call(frame);
  } catch {
    if (sending.caller === caller) {
      caller.close();
      sending.caller = createGrpcCaller(endpoint);
    }
    return BROKEN;
  }
}

function nextFrame({ stream, recordsEach }: Sending): Buffer {
  const now = Date.now();
  const byService = new Map<string, NewRecord[]>();
  for (let i = 0; i < recordsEach; i += 1) {
    const { service, record } = stream.next(now);
    const records = byService.get(service);
    if (records === undefined) byService.set(service, [record]);
    else records.push(record);
  }
  return toFrame(
    encodeRequest(
      [...byService].map(([service, records]) => ({ attributes: { "service.name": service }, records })),
    ),
  );
}
