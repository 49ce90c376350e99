import type { Forwarder } from "./forwarder.ts";

/** How the next hop has answered last. */
export type ForwardState = "sink" | "ok" | "retrying" | "refusing" | "unknown";

/** A forwarder that remembers how its last request went. */
export interface ForwardMonitor extends Forwarder {
  readonly state: () => ForwardState;
  /** Whether it could be connected to lately. Undefined before that is known. */
  readonly isReachable: () => boolean | undefined;
  /** Finds out whether it can be, unless it has answered since the last look. */
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
  let isReachable: boolean | undefined = initial === "sink" ? true : undefined;
  let hasAnswered = false;
  return {
    state: () => last,
    isReachable: () => isReachable,
    async look() {
      if (initial === "sink") return;
      const isKnown = hasAnswered;
      hasAnswered = false;
      if (!isKnown) isReachable = await canConnect();
    },
    async forward(...request) {
      const outcome = await forwarder.forward(...request);
      if (initial === "sink") return outcome;
      if (outcome.kind === "retry") last = "retrying";
      else {
        last = outcome.kind === "accepted" ? "ok" : "refusing";
        hasAnswered = true;
        isReachable = true;
      }
      return outcome;
    },
    close: () => forwarder.close(),
  };
}
