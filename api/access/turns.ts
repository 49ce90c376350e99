/** Bytes of answers that nobody takes, over HTTP and over WebSockets each, beyond which no operation is begun. */
export const UNSENT_BYTES_MAX = 64 * 1_048_576;

/** So many pieces of work at a time; others wait, in the order in which they came. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** @param atOnce pieces of work under way at one time */
export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (work) => {
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
  };
}
