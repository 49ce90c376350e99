import type { ForwardOutcome } from "../forward/forward-outcome.ts";
import type { Metadata } from "../forward/metadata.ts";

/**
 * What every transport calls with one serialised ExportLogsServiceRequest (protobuf).
 * @param metadata headers that go on with it; undefined where none do
 */
export type Consume = (
  bytes: Uint8Array,
  signal: AbortSignal,
  transport: Transport,
  metadata: Metadata | undefined,
) => Promise<ForwardOutcome>;

/** What the transports tell of requests. */
export interface ReceiveObserver {
  /** A request was answered; `records` is undefined where it was refused before it was read. */
  refused(reason: RefusedReason, transport: Transport): void;
  /** A connection was closed as soon as it came, because there are too many. */
  connectionRefused(reason: ConnectionLimit): void;
}

/** Which bound a connection broke. */
export type ConnectionLimit = "total" | "client";

export type Transport = "grpc" | "http" | "kafka";

/** Why a request was not taken; a bounded set, because it labels a metric. */
export type RefusedReason =
  | "malformed"
  | "too-large"
  | "unsupported"
  | "overloaded"
  | "unauthenticated"
  | "rate-limited"
  | "next-hop"
  | "internal"
  | "other";

/** A transport that is listening. */
export interface Receiver {
  /** host:port really bound. */
  readonly address: string;
  /** Stops accepting, finishes what is in flight, and closes; what takes longer than `drain_timeout_ms` is cut. */
  stop(): Promise<void>;
}

/** The address of a receiver cannot be listened on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly remedy: string;
  /** @param key the configuration key that names the address */
  constructor(key: string, address: string, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    super(`${key}: cannot listen on ${address}${code}`, { cause });
    this.remedy = `Stop the program that uses ${address}, or set ${key} to another host:port.`;
  }
}
