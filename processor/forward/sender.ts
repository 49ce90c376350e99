import type { ForwardOutcome } from "./forwarder.ts";

/** Sends one request that is small enough; see create-forwarder.ts for what does not fit. */
export interface Sender {
  /** May reject: nothing is known of the request then. */
  send(body: Uint8Array, signal: AbortSignal): Promise<ForwardOutcome>;
  close(): Promise<void>;
}
