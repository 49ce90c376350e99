/**
 * What is kept for one request, or for small ones that are scored together: their windows may come in several calls of `score`
 * with the same signal. It goes with the signal.
 */
export function perRequest<T>(create: () => T): (signal: AbortSignal) => T {
  const kept = new WeakMap<AbortSignal, T>();
  return (signal) => {
    const known = kept.get(signal);
    if (known !== undefined) return known;
    const created = create();
    kept.set(signal, created);
    return created;
  };
}
