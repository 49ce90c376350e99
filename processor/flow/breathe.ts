/** Waits for the next turn of the event loop when this one has taken its time. */
export type Breathe = () => Promise<void>;

/** Work of one turn of the event loop, in milliseconds: what waits for the thread waits about so long. */
const TURN_MS = 2;

/**
 * Lets long work share its thread with sockets, timers and other threads' answers. Work that waits goes on in the order of
 * its calls, one piece a turn, so that a turn does not grow with the number of those that have something to do.
 */
export function createBreathe(turnMs = TURN_MS): Breathe {
  const waiting: (() => void)[] = [];
  let startedMs: number | undefined;

  const begin = (): number => {
    startedMs = performance.now();
    setImmediate(end);
    return startedMs;
  };
  const end = () => {
    startedMs = undefined;
    const next = waiting.shift();
    if (next === undefined) return;
    begin();
    next();
  };
  return () => {
    const fromMs = startedMs ?? begin();
    if (waiting.length === 0 && performance.now() - fromMs < turnMs) return Promise.resolve();
    return new Promise((resolve) => waiting.push(resolve));
  };
}
