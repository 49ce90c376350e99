import type { Forwarder } from "./forwarder.ts";

/** How the next hop has answered last. */
export type ForwardState = "sink" | "ok" | "retrying" | "refusing" | "unknown";

/** A forwarder that remembers how its last request went. */
export interface ForwardMonitor extends Forwarder {
  readonly state: () => ForwardState;
  /** Whether it could be connected to lately. Undefined before that is known. */
  readonly isReachable: () => boolean | undefined;
  /** Finds out whether it can be, unless its last answer has shown it. */
  look(): Promise<void>;
}

/**
 * @param initial "sink" where there is no next hop, "unknown" before the first answer
 * @param canConnect asked only where nothing else tells: without requests nobody would find out that it is back
 */
export function createForwardMonitor(
  forwarder: Forwarder,
  initial: "sink" | "unknown",
  canConnect: () => Promise<boolean>,
): ForwardMonitor {
  let last: ForwardState = initial;
  let isConnectable: boolean | undefined;
  const isKnown = () => last === "sink" || last === "ok" || last === "refusing";
  return {
    state: () => last,
    isReachable: () => isKnown() || isConnectable,
    async look() {
      if (!isKnown()) isConnectable = await canConnect();
    },
    async forward(...request) {
      const outcome = await forwarder.forward(...request);
      if (initial === "sink") return outcome;
      if (outcome.kind === "accepted") last = "ok";
      else if (outcome.kind === "refused") last = "refusing";
      else if (last !== "retrying") {
        last = "retrying";
        isConnectable = undefined;
      }
      return outcome;
    },
    close: () => forwarder.close(),
  };
}
