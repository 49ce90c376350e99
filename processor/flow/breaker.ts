/** How asking somebody went: an answer came, none came, or there was no time for one, which says nothing of the one asked. */
export type Asked = "answered" | "failed" | "busy";

/** Keeps work from being done in vain: whoever failed again and again is not asked for a while. */
export interface Breaker {
  /** Whether to ask now. Who asks must `tell` how it went. */
  admits(): boolean;
  tell(asked: Asked): void;
}

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  /** Failures in a row after which nobody asks. */
  readonly failuresMax?: number;
  /** How long nobody asks; twice as long after each probe that fails, up to `pauseMsMax`. */
  readonly pauseMs?: number;
  readonly pauseMsMax?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

/**
 * closed: everybody asks. Open: nobody. Probing: the pause is over, and one has been let through to see.
 * (Nygard, Release It!, "Circuit Breaker".)
 */
type State =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly pauseMs: number; readonly untilMs: number }
  | { readonly kind: "probing"; readonly pauseMs: number };

export function createBreaker({
  failuresMax = 5,
  pauseMs = 1_000,
  pauseMsMax = 30_000,
  now = () => performance.now(),
}: BreakerOptions = {}): Breaker {
  let state: State = { kind: "closed", failures: 0 };
  const open = (forMs: number): State => ({ kind: "open", pauseMs: forMs, untilMs: now() + forMs });
  const afterFailure = (): State => {
    if (state.kind === "probing") return open(Math.min(pauseMsMax, state.pauseMs * 2));
    // One that was asked before the others' failures were known.
    if (state.kind === "open") return state;
    const failures = state.failures + 1;
    return failures < failuresMax ? { kind: "closed", failures } : open(pauseMs);
  };
  return {
    admits() {
      if (state.kind === "closed") return true;
      if (state.kind === "probing" || now() < state.untilMs) return false;
      state = { kind: "probing", pauseMs: state.pauseMs };
      return true;
    },
    tell(asked) {
      if (asked === "answered") state = { kind: "closed", failures: 0 };
      else if (asked === "failed") state = afterFailure();
      else if (state.kind === "probing") state = open(state.pauseMs);
    },
  };
}
