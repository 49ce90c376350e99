import { Agent, request as httpRequest } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { ChannelCredentials, Client, status as Code, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { Ledger } from "./ledger.ts";
import { numberedRequest, numbersIn } from "./numbered-requests.ts";
import type { Protocol } from "./recording-hop.ts";

/** What a try came to: OK, one that the specification lets a sender repeat, or a refusal for good. */
export type Reply =
  | { readonly kind: "ok" }
  | { readonly kind: "again"; readonly code: number }
  | { readonly kind: "no"; readonly code: number };

/** One connection to the stage. */
export interface Caller {
  send(body: Uint8Array, timeoutMs: number): Promise<Reply>;
  close(): void;
}

/** How a sender sends, as a Collector's exporter does: one request after the other, each again until it is answered for good. */
export interface SenderOptions {
  readonly protocol: Protocol;
  /** host:port of the stage. */
  readonly address: string;
  readonly stream: string;
  readonly recordsEach: number;
  /** After which a try is given up and repeated; by default as long as a test may take, so that a busy machine changes nothing. */
  readonly timeoutMs?: number;
  readonly ledger: Ledger;
}

/** A stream that is being sent. */
export interface Sender {
  /** Requests that were answered for good. */
  readonly done: () => number;
  /** Codes of the tries that were not acknowledged, in their order. */
  readonly codes: readonly number[];
  /** No further request is begun; resolves when the last one has been answered for good. */
  finish(): Promise<void>;
}

/** gRPC codes that a sender may repeat (OTLP specification, "Failures"). */
const RETRYABLE_GRPC: ReadonlySet<number> = new Set([
  Code.CANCELLED,
  Code.DEADLINE_EXCEEDED,
  Code.ABORTED,
  Code.OUT_OF_RANGE,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);
const RETRYABLE_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PATIENCE_MS = 110_000;
const BACK_OFF_MS = 20;
const BACK_OFF_MS_MAX = 300;

/** Sends a numbered stream until it is told to finish. */
export function startSender(options: SenderOptions): Sender {
  const { stream, recordsEach } = options;
  const caller = options.protocol === "grpc" ? grpcCaller(options.address) : httpCaller(options.address);
  const codes: number[] = [];
  let done = 0;
  let isFinishing = false;
  const run = async () => {
    while (!isFinishing) {
      await deliver(caller, numberedRequest(stream, done * recordsEach, recordsEach), options, codes);
      done += 1;
    }
    caller.close();
  };
  const running = run();
  // Told to whoever waits for the end.
  running.catch(() => undefined);
  return {
    done: () => done,
    codes,
    finish() {
      isFinishing = true;
      return running;
    },
  };
}

/** Sends one request until it is answered for good: identical bytes again after everything that may be repeated. */
export async function deliver(
  caller: Caller,
  body: Uint8Array,
  { ledger, timeoutMs = PATIENCE_MS }: Pick<SenderOptions, "ledger" | "timeoutMs">,
  codes: number[] = [],
): Promise<Reply> {
  const records = numbersIn(body);
  for (let backOffMs = BACK_OFF_MS; ; backOffMs = Math.min(BACK_OFF_MS_MAX, backOffMs * 2)) {
    ledger.tried(records);
    const reply = await caller.send(body, timeoutMs);
    if (reply.kind === "ok") {
      ledger.ended(records, "acknowledged");
      return reply;
    }
    codes.push(reply.code);
    if (reply.kind === "no") {
      ledger.ended(records, "refused");
      return reply;
    }
    await delay(backOffMs);
  }
}

/** A gRPC client that connects again soon. */
export function grpcCaller(address: string): Caller {
  const client = new Client(address, ChannelCredentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": 50,
    "grpc.min_reconnect_backoff_ms": 50,
    "grpc.max_reconnect_backoff_ms": 200,
    "grpc.use_local_subchannel_pool": 1,
  });
  return {
    send: (body, timeoutMs) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(
          "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
          (bytes: Uint8Array) => Buffer.from(bytes),
          (bytes: Buffer) => bytes,
          body,
          new Metadata(),
          { deadline: Date.now() + timeoutMs },
          (error: ServiceError | null) => {
            if (error === null) resolve({ kind: "ok" });
            else resolve({ kind: RETRYABLE_GRPC.has(error.code) ? "again" : "no", code: error.code });
          },
        );
      }),
    close: () => client.close(),
  };
}

/** An HTTP client that keeps its connection; a broken one reads as code 0. */
export function httpCaller(address: string): Caller {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (body, timeoutMs) =>
      new Promise((resolve) => {
        const request = httpRequest(
          `http://${address}/v1/logs`,
          {
            method: "POST",
            agent,
            headers: { "content-type": "application/x-protobuf", "content-length": body.length },
            signal: AbortSignal.timeout(timeoutMs),
          },
          (response) => {
            const code = response.statusCode ?? 0;
            response.resume();
            response.once("error", () => resolve({ kind: "again", code: 0 }));
            response.once("end", () => {
              if (code >= 200 && code < 300) resolve({ kind: "ok" });
              else resolve({ kind: RETRYABLE_HTTP.has(code) ? "again" : "no", code });
            });
          },
        );
        request.once("error", () => resolve({ kind: "again", code: 0 }));
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}
