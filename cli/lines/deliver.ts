import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import type { Forwarder } from "../../processor/forward/forwarder.ts";
import type { Clock } from "./clock.ts";

/** What delivery needs. */
export interface DeliveryPorts {
  readonly forwarder: Forwarder;
  readonly clock: Clock;
  /** Told once per request that has to wait, with the next hop's words. */
  readonly onWait: (message: string) => void;
  /** In [0, 1), spreads retries of many senders. */
  readonly random: () => number;
}

/** How a request ended. */
export type Delivery =
  | { readonly kind: "accepted"; readonly rejectedRecords: number; readonly message: string }
  | { readonly kind: "refused"; readonly message: string }
  /** Stopped by the signal before it was acknowledged. */
  | { readonly kind: "stopped" };

const FIRST_WAIT_MS = 250;
const WAIT_MS_MAX = 15_000;

/**
 * Sends one request until it is acknowledged or refused for good. After a retryable answer it waits as long as the next
 * hop asks, or doubles its own wait (with jitter), and sends what was not taken yet.
 */
export async function deliver(
  body: Uint8Array,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<Delivery> {
  let left = body;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const outcome: ForwardOutcome = await ports.forwarder.forward(left, signal);
    if (outcome.kind !== "retry") return outcome;
    left = outcome.remainder ?? left;
    if (attempt === 0) ports.onWait(outcome.message);
    await ports.clock.sleep(outcome.afterMs ?? waitMs(attempt, ports.random), signal);
  }
  return { kind: "stopped" };
}

function waitMs(attempt: number, random: () => number): number {
  return Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.min(attempt, 16)) * (0.5 + random() / 2);
}
