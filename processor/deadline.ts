/** A time after which nobody waits any more. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Nobody waits for it any more. */
  clear(): void;
}

/**
 * Passes after so many milliseconds, but only when what had arrived by then has been heard: a thread that was busy past the time
 * would run its timers first, and drop answers that have long been there.
 */
export function deadlineIn(milliseconds: number): Deadline {
  const passed = new AbortController();
  const abort = () => passed.abort(new DOMException(`nothing within ${milliseconds} ms`, "TimeoutError"));
  // Immediates come after the messages of other threads.
  const timer = setTimeout(() => setImmediate(abort), milliseconds);
  timer.unref();
  return { signal: passed.signal, clear: () => clearTimeout(timer) };
}
