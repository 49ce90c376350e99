import type { ForwardOutcome } from "./forward-outcome.ts";
import type { Metadata } from "./metadata.ts";

/** The next hop. */
export interface Forwarder {
  /**
   * Sends one serialised ExportLogsServiceRequest. Never rejects: every failure is an outcome.
   * @param metadata headers that go with it
   */
  forward(body: Uint8Array, signal: AbortSignal, metadata?: Metadata): Promise<ForwardOutcome>;
  close(): Promise<void>;
}
