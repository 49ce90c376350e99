/** A signal of several who wait for the same work: it aborts when none of them waits any more. */
export interface SharedSignal {
  readonly signal: AbortSignal;
  /** One more waits, until its own signal aborts. */
  join(one: AbortSignal): void;
  /** The work is over: nobody waits for it. */
  end(): void;
}

export function createSharedSignal(): SharedSignal {
  const all = new AbortController();
  const waiting = new Map<AbortSignal, () => void>();
  return {
    signal: all.signal,
    join(one) {
      if (one.aborted || waiting.has(one)) return;
      const leave = () => {
        waiting.delete(one);
        if (waiting.size === 0) all.abort(one.reason);
      };
      waiting.set(one, leave);
      one.addEventListener("abort", leave, { once: true });
    },
    end() {
      // Who waits for much in turn would keep what is over.
      for (const [one, leave] of waiting) one.removeEventListener("abort", leave);
      waiting.clear();
    },
  };
}
