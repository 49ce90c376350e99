/** A signal of several who wait for the same work: it aborts when none of them waits any more, unless the work is over by then. */
export interface SharedSignal {
  readonly signal: AbortSignal;
  /**
   * One more waits, until its own signal aborts.
   * @returns to be called when it does not wait any more for another reason
   */
  join(one: AbortSignal): () => void;
  /** The work is over: nobody waits for it. */
  end(): void;
}

export function createSharedSignal(): SharedSignal {
  const all = new AbortController();
  const waiting = new Set<() => void>();
  let isOver = false;
  return {
    signal: all.signal,
    join(one) {
      const stop = () => one.removeEventListener("abort", leave);
      const leave = () => {
        stop();
        if (waiting.delete(stop) && waiting.size === 0) all.abort(one.reason);
      };
      if (isOver || one.aborted) return leave;
      waiting.add(stop);
      one.addEventListener("abort", leave, { once: true });
      return leave;
    },
    end() {
      isOver = true;
      // Who waits for much in turn would keep what is over.
      for (const stop of waiting) stop();
      waiting.clear();
    },
  };
}
