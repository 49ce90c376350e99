import type { ForwardOutcome } from "./forward-outcome.ts";
import type { Metadata } from "./metadata.ts";

/** Sends one request that is small enough; see create-forwarder.ts for what does not fit. */
export interface Sender {
  /** May reject: nothing is known of the request then. */
  send(body: Uint8Array, signal: AbortSignal, metadata?: Metadata): Promise<ForwardOutcome>;
  close(): Promise<void>;
}
