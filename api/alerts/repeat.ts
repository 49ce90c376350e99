/** Work that goes on until it is stopped. */
export interface Repeated {
  /** Resolves when the work under way has ended; no other one begins. */
  stop(): Promise<void>;
}

/** Does some work again and again, never twice at a time; it never rejects. */
export function repeat(intervalMs: number, work: () => Promise<void>): Repeated {
  let isStopped = false;
  let wake: () => void = () => undefined;
  const run = async () => {
    while (!isStopped) {
      await work();
      if (isStopped) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, intervalMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      await promise;
    }
  };
  const running = run();
  return {
    stop() {
      isStopped = true;
      wake();
      return running;
    },
  };
}

/** Work that never rejects: it tells of the first of several failures in a row. */
export function surviving<Args extends readonly unknown[]>(
  work: (...args: Args) => Promise<void>,
  onError: (error: unknown) => void,
): (...args: Args) => Promise<void> {
  let isFailing = false;
  return async (...args) => {
    try {
      await work(...args);
      isFailing = false;
    } catch (error) {
      if (!isFailing) onError(error);
      isFailing = true;
    }
  };
}
