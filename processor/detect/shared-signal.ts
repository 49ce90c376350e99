/** A signal of several who wait for the same work: it aborts when none of them waits any more. */
export interface SharedSignal {
  readonly signal: AbortSignal;
  /** One more waits, until its own signal aborts. */
  join(one: AbortSignal): void;
}

export function createSharedSignal(): SharedSignal {
  const all = new AbortController();
  let waiting = 0;
  return {
    signal: all.signal,
    join(one) {
      if (one.aborted) return;
      waiting += 1;
      const leave = () => {
        waiting -= 1;
        if (waiting === 0) all.abort(one.reason);
      };
      // No longer than the work itself: who waits for much in turn would keep what is over.
      one.addEventListener("abort", leave, { once: true, signal: all.signal });
    },
  };
}
