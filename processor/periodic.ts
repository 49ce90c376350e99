/** Something that is done again and again until it is stopped. */
export interface Periodic {
  /** Does it at once, unless it is being done. */
  now(): void;
  /** Stops the timer and waits for a run in progress. */
  stop(): Promise<void>;
}

/** Runs `task` every `intervalMs`, never twice at the same time; a failure is told and the next run comes all the same. */
export function periodically(
  intervalMs: number,
  task: () => Promise<void> | void,
  onError: (error: unknown) => void,
): Periodic {
  let running: Promise<void> | undefined;
  const now = () => {
    running ??= Promise.resolve()
      .then(task)
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(now, intervalMs);
  timer.unref();
  return {
    now,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
