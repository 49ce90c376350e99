/** So that connections of one moment are not renewed in one moment. */
const JITTER = 0.1;

/** Whether a connection is so old that its sender shall open another one. Its age counts from when it is first asked about. */
export type IsOld = (connection: object) => boolean;

/**
 * @param now milliseconds, monotonic
 * @param random from 0 to below 1
 */
export function createConnectionAge(ageMsMax: number, now: () => number, random: () => number): IsOld {
  const endsMs = new WeakMap<object, number>();
  return (connection) => {
    const endMs = endsMs.get(connection) ?? now() + ageMsMax * (1 - JITTER + 2 * JITTER * random());
    endsMs.set(connection, endMs);
    return now() >= endMs;
  };
}
