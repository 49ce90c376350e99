/** How often each event is in a sequence, as parallel lists by ascending event. */
export interface CountVector {
  readonly events: readonly number[];
  readonly counts: readonly number[];
  readonly total: number;
}

/** Example: [5, 5, 22] gives events [5, 22], counts [2, 1], total 3. A weight multiplies the count of its event. */
export function countVector(
  sequence: readonly number[],
  weightOf: (event: number) => number = () => 1,
): CountVector {
  const byEvent = new Map<number, number>();
  for (const event of sequence) byEvent.set(event, (byEvent.get(event) ?? 0) + 1);
  const events = [...byEvent.keys()].sort((a, b) => a - b);
  const counts = events.map((event) => (byEvent.get(event) ?? 0) * weightOf(event));
  return { events, counts, total: counts.reduce((sum, count) => sum + count, 0) };
}

/** Sum of the larger count of each event of two vectors; the L1 distance is 2 * this - total - total. */
export function sumOfLarger(a: CountVector, b: CountVector): number {
  let [sum, i, j] = [0, 0, 0];
  while (i < a.events.length || j < b.events.length) {
    const eventA = a.events[i] ?? Number.POSITIVE_INFINITY;
    const eventB = b.events[j] ?? Number.POSITIVE_INFINITY;
    const countA = eventA <= eventB ? (a.counts[i] ?? 0) : 0;
    const countB = eventB <= eventA ? (b.counts[j] ?? 0) : 0;
    sum += Math.max(countA, countB);
    if (eventA <= eventB) i += 1;
    if (eventB <= eventA) j += 1;
  }
  return sum;
}

/** Of several equal vectors one. */
export function distinctVectors(vectors: readonly CountVector[]): readonly CountVector[] {
  return [...new Map(vectors.map((vector) => [`${vector.events} ${vector.counts}`, vector])).values()];
}
