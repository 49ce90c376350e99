import type { SamplingConfig } from "./config.ts";
import type { HeldRequest } from "./held-request.ts";
import type { Standing } from "./stream-context.ts";

/** Why records were decided before their neighbours were known: hold_ms was over, too much was held, or the stage stops. */
export const EARLY_REASONS = ["time", "memory", "stop"] as const;
export type EarlyReason = (typeof EARLY_REASONS)[number];

/** What holding needs. */
export interface HoldingPorts {
  /** Records of waiting requests that are too many to wait. */
  readonly heldRecordsMax: number;
  /** Calls back after so many milliseconds, unless what it returns is called before. */
  readonly later: (ms: number, callback: () => void) => () => void;
  readonly onEarly: (reason: EarlyReason, records: number) => void;
}

/** Requests that wait until all of their records are decided, bounded in time and memory. */
export interface Holding {
  hold(request: HeldRequest): void;
  decideAll(reason: EarlyReason): void;
  /** Decides everything, and what comes from now on at once. */
  stop(): void;
  readonly bytes: number;
}

/** What is decided of a record that can wait no longer. */
export function standingAtBound({ undecided }: Pick<SamplingConfig, "undecided">): Standing {
  return undecided === "keep" ? "unknown" : "rest";
}

/** Over a bound the oldest are decided first, so that they go on in their order. */
export function createHolding(config: SamplingConfig, ports: HoldingPorts): Holding {
  const { hold_ms: holdMs, max_held_bytes: bytesMax } = config;
  const { heldRecordsMax, later, onEarly } = ports;
  /** With the way to stop their timers, in the order of arrival. */
  const waiting = new Map<HeldRequest, () => void>();
  let bytes = 0;
  let records = 0;
  let isStopping = false;

  const release = (request: HeldRequest) => {
    const stopTimer = waiting.get(request);
    if (stopTimer === undefined) return;
    stopTimer();
    waiting.delete(request);
    bytes -= request.bytes;
    records -= request.records;
  };
  const decideNow = (request: HeldRequest, reason: EarlyReason) => {
    release(request);
    const count = request.decideRest(standingAtBound(config));
    if (count > 0) onEarly(reason, count);
  };
  const decideAll = (reason: EarlyReason) => {
    for (const request of [...waiting.keys()]) decideNow(request, reason);
  };

  return {
    hold(request) {
      if (request.isDecided) return;
      if (isStopping || holdMs === 0) {
        decideNow(request, isStopping ? "stop" : "time");
        return;
      }
      const stopTimer = later(holdMs, () => decideNow(request, "time"));
      waiting.set(request, stopTimer);
      bytes += request.bytes;
      records += request.records;
      void request.allDecided.then(() => release(request));
      for (const oldest of waiting.keys()) {
        if (bytes <= bytesMax && records <= heldRecordsMax) break;
        decideNow(oldest, "memory");
      }
    },
    decideAll,
    stop() {
      isStopping = true;
      decideAll("stop");
    },
    get bytes() {
      return bytes;
    },
  };
}
