import { performance } from "node:perf_hooks";
import { setTimeout as delay, setImmediate as soon } from "node:timers/promises";
import { z } from "zod";
import { apartByService, serviceOf } from "./apart-by-service.ts";
import { serveCalls } from "./child.ts";
import { encodeRequests } from "./encode-requests.ts";
import { createGrpcCaller, type GrpcCaller } from "./grpc-caller.ts";
import { type Line, STREAM_NAMES, STREAMS } from "./streams.ts";

/**
 * The sender: encodes its requests before the clock starts and keeps a bounded number of them in flight, or sends them at
 * a steady rate whether or not the ones before have been answered. A request that is to be sent again later is.
 */
const phase = z.enum(["cold", "warm", "paced", "single"]);
const generatorCall = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("read"), stream: z.enum(STREAM_NAMES), data: z.string(), lines: z.int() }),
  z.object({
    kind: z.literal("encode"),
    phase,
    recordsEach: z.int(),
    from: z.int(),
    to: z.int(),
    /** The instances are of these, each request of one; a rest that fills no request is left out. Without them all are of the stream's own service. */
    services: z.array(z.string()).optional(),
  }),
  z.object({
    kind: z.literal("burst"),
    phase,
    endpoint: z.string(),
    inFlight: z.int(),
    secondsMax: z.number(),
  }),
  z.object({ kind: z.literal("paced"), phase, endpoint: z.string(), requestsPerSecond: z.number() }),
]);
export type GeneratorCall = z.infer<typeof generatorCall>;

/** What was encoded. */
export const encodedAnswer = z.object({ requests: z.int(), bytes: z.int() });
/** What a burst took, by the clock, and the requests that it had time for. */
export const burstAnswer = z.object({ seconds: z.number(), requests: z.int(), refused: z.int() });
/** From due to answered, in milliseconds. */
export const pacedAnswer = z.object({ latenciesMs: z.array(z.number()), refused: z.int() });
/** Lines that there are. */
export const readAnswer = z.object({ lines: z.int() });

const UNAVAILABLE = 14;
const RETRY_MS = 50;

let service = "";
let lines: readonly Line[] = [];
const encoded = new Map<z.infer<typeof phase>, readonly Buffer[]>();

serveCalls(generatorCall, async (call) => {
  switch (call.kind) {
    case "read": {
      const source = STREAMS[call.stream];
      service = source.service;
      lines = await source.read(call.data, call.lines);
      return { lines: lines.length };
    }
    case "encode": {
      const { from, recordsEach } = call;
      const { services } = call;
      const slice = lines.slice(from, call.to);
      const frames =
        services === undefined
          ? encodeRequests(slice, { service: () => service, recordsEach, from, startMs: Date.now() })
          : encodeRequests(apartByService(slice, services, recordsEach), {
              service: (line) => serviceOf(line, services),
              recordsEach,
              from,
              startMs: Date.now(),
            });
      encoded.set(call.phase, frames);
      return { requests: frames.length, bytes: frames.reduce((sum, { length }) => sum + length, 0) };
    }
    case "burst":
      return burst(encoded.get(call.phase) ?? [], call);
    case "paced":
      return paced(encoded.get(call.phase) ?? [], call.endpoint, call.requestsPerSecond);
  }
});

async function burst(
  frames: readonly Buffer[],
  { endpoint, inFlight, secondsMax }: Extract<GeneratorCall, { readonly kind: "burst" }>,
) {
  const caller = createGrpcCaller(endpoint);
  let requests = 0;
  let refused = 0;
  const startedAt = performance.now();
  const secondsNow = () => (performance.now() - startedAt) / 1000;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let frame = frames[requests]; frame !== undefined; frame = frames[requests]) {
        if (secondsNow() > secondsMax) return;
        requests += 1;
        refused += await deliver(caller, frame);
      }
    }),
  );
  const seconds = secondsNow();
  caller.close();
  return { seconds, requests, refused };
}

async function paced(frames: readonly Buffer[], endpoint: string, requestsPerSecond: number) {
  const caller = createGrpcCaller(endpoint);
  let refused = 0;
  const startedAt = performance.now() + 10;
  const answers: Promise<number>[] = [];
  for (const [i, frame] of frames.entries()) {
    const dueAt = startedAt + (i * 1000) / requestsPerSecond;
    await waitUntil(dueAt);
    const answered = deliver(caller, frame).then((times) => {
      refused += times;
      return performance.now() - dueAt;
    });
    // One that fails is told when all are waited for, and must not end the process before.
    answered.catch(() => undefined);
    answers.push(answered);
  }
  const latenciesMs = await Promise.all(answers);
  caller.close();
  return { latenciesMs, refused };
}

/** A timer is late by up to a millisecond: the last one is spent looking at the clock. */
async function waitUntil(dueAt: number): Promise<void> {
  const rest = dueAt - performance.now();
  if (rest > 2) await delay(rest - 1.5);
  while (performance.now() < dueAt) await soon();
}

/** How many times the request was refused before it was taken; rejects when it must not be sent again. */
async function deliver(caller: GrpcCaller, frame: Buffer): Promise<number> {
  for (let refused = 0; ; refused += 1) {
    const status = await caller.call(frame);
    if (status === 0) return refused;
    if (status !== UNAVAILABLE) throw new Error(`a request was answered with the gRPC status ${status}`);
    await delay(RETRY_MS);
  }
}
