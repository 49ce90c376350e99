/**
 * Levenshtein distance of two sequences in a band around the diagonal (Ukkonen, Information and Control 1985).
 * Example: [1, 2, 3] and [1, 3] are 1 apart.
 *
 * @param limit a distance above it is given as limit + 1, without the work of finding it
 */
export function levenshtein(a: readonly number[], b: readonly number[], limit: number): number {
  const over = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return over;
  let previous = Int32Array.from({ length: b.length + 1 }, (_, j) => Math.min(j, over));
  let current = new Int32Array(b.length + 1);
  for (const [i, event] of a.entries()) {
    const least = nextRow(event, i + 1, b, limit, previous, current);
    if (least > limit) return over;
    [previous, current] = [current, previous];
  }
  return previous[b.length] ?? 0;
}

/** Fills the row of the i-th event (from 1); gives its least distance. */
function nextRow(
  event: number,
  i: number,
  b: readonly number[],
  limit: number,
  above: Int32Array,
  row: Int32Array,
): number {
  row.fill(limit + 1);
  row[0] = Math.min(i, limit + 1);
  let least = row[0];
  const to = Math.min(b.length, i + limit);
  for (let j = Math.max(1, i - limit); j <= to; j++) {
    const substituted = (above[j - 1] ?? 0) + (event === b[j - 1] ? 0 : 1);
    const edits = Math.min(substituted, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, limit + 1);
    row[j] = edits;
    least = Math.min(least, edits);
  }
  return least;
}
