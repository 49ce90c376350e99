/** Bytes of answers that nobody takes, over HTTP and over WebSockets each, beyond which no operation is begun. */
export const UNSENT_BYTES_MAX = 64 * 1_048_576;

/** So many pieces of work at a time; others wait, in the order in which they came. */
export interface Turns {
  /** Whether so many wait that nobody else should: each holds what it was sent with until its turn. */
  isFull(): boolean;
  take<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * @param atOnce pieces of work under way at one time
 * @param waitingMax pieces that wait beyond which it is full
 */
export function createTurns(atOnce: number, waitingMax: number): Turns {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return {
    isFull: () => waiting.length >= waitingMax,
    async take(work) {
      if (underWay < atOnce) underWay += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // The place goes to whoever has waited longest.
        if (next === undefined) underWay -= 1;
        else next();
      }
    },
  };
}
