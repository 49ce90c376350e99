import type { Forwarder } from "./forwarder.ts";

/** How the next hop has answered last. */
export type ForwardState = "sink" | "ok" | "retrying" | "refusing" | "unknown";

/** A forwarder that remembers how its last request went. */
export interface ForwardMonitor extends Forwarder {
  readonly state: () => ForwardState;
}

/** @param initial "sink" where there is no next hop, "unknown" before the first answer */
export function createForwardMonitor(forwarder: Forwarder, initial: "sink" | "unknown"): ForwardMonitor {
  let last: ForwardState = initial;
  return {
    state: () => last,
    async forward(...request) {
      const outcome = await forwarder.forward(...request);
      if (initial === "sink") return outcome;
      if (outcome.kind === "accepted") last = "ok";
      else last = outcome.kind === "retry" ? "retrying" : "refusing";
      return outcome;
    },
    close: () => forwarder.close(),
  };
}
