/**
 * Levenshtein distance of two sequences: how many elements must be inserted, left out or replaced to turn one into the
 * other (Wagner and Fischer, JACM 1974). Time and memory grow with the product and the sum of the lengths.
 *
 * Example: ["a", "b", "c"] and ["a", "c"] are 1 apart.
 */
export function editDistance<T>(a: readonly T[], b: readonly T[]): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, element] of a.entries()) {
    const row = [index + 1];
    for (const [j, other] of b.entries()) {
      const replaced = (previous[j] ?? 0) + (element === other ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
