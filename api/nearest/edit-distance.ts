/**
 * Levenshtein distance of two sequences of numbers: how many elements must be inserted, left out or replaced to turn one into the
 * other (Wagner and Fischer, JACM 1974). Time and memory grow with the product and the sum of the lengths.
 *
 * Example: [1, 2, 3] and [1, 3] are 1 apart.
 *
 * @param atMost what is further apart is not measured to its end: then it is only known to be further
 * @returns the distance, or a number above `atMost`
 */
export function editDistance(a: Int32Array, b: Int32Array, atMost = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > atMost) return Math.abs(a.length - b.length);
  let previous = Int32Array.from({ length: b.length + 1 }, (_, index) => index);
  let row = new Int32Array(b.length + 1);
  for (let i = 0; i < a.length; i++) {
    const element = a[i];
    let left = i + 1;
    let diagonal = previous[0] ?? 0;
    let least = left;
    row[0] = left;
    for (let j = 0; j < b.length; j++) {
      const above = previous[j + 1] ?? 0;
      left = Math.min(diagonal + (element === b[j] ? 0 : 1), above + 1, left + 1);
      row[j + 1] = left;
      diagonal = above;
      if (left < least) least = left;
    }
    // Nothing in the rows below is less than the least of this one.
    if (least > atMost) return least;
    [previous, row] = [row, previous];
  }
  return previous[b.length] ?? 0;
}
