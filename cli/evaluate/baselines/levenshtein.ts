/**
 * Levenshtein distance of two sequences in a band around the diagonal (Ukkonen, Information and Control 1985).
 *
 * @param limit a distance above it is given as limit + 1, without the work of finding it
 */
export function levenshtein(a: readonly number[], b: readonly number[], limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Int32Array.from({ length: b.length + 1 }, (_, j) => (j <= limit ? j : limit + 1));
  let current = new Int32Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    current.fill(limit + 1);
    if (i <= limit) current[0] = i;
    let least = current[0] ?? i;
    for (let j = from; j <= to; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const edits = Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, limit + 1);
      current[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > limit) return limit + 1;
    [previous, current] = [current, previous];
  }
  return previous[b.length] ?? 0;
}
