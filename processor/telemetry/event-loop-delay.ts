/** How often the event loop is looked at, in milliseconds. */
const INTERVAL_MS = 10;

/**
 * Tells again and again by how many seconds a timer came too late: the time that whatever else is due on this thread waits.
 * Timers come on whole milliseconds, so that up to one of them is no delay.
 * @returns stops it
 */
export function watchEventLoop(onDelay: (seconds: number) => void): () => void {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    onDelay(Math.max(0, nowMs - lastMs - INTERVAL_MS) / 1000);
    lastMs = nowMs;
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
