/** One row of two sequences laid side by side; a side that has nothing there is undefined. */
export interface AlignedRow {
  /** same: both have it; replaced: each has another; added: only what came; missing: only the normal one. */
  readonly kind: "same" | "replaced" | "added" | "missing";
  /** Place in what came. */
  readonly came: number | undefined;
  /** Place in the normal sequence. */
  readonly normal: number | undefined;
}

/**
 * Lays two sequences side by side with as few differences as there must be (Levenshtein), and of such ways the one with
 * most equal rows. Time and memory grow with the product of the lengths.
 *
 * Example: ("abxc", "abcd") -> a=a, b=b, x added, c=c, d missing
 */
export function alignSequences(came: readonly string[], normal: readonly string[]): readonly AlignedRow[] {
  const { costs, single, replaced } = costTable(came, normal);
  // Beyond the edges of the table nothing is as cheap as what is in it.
  const at = (i: number, j: number) => costs[i]?.[j] ?? Number.POSITIVE_INFINITY;
  const rows: AlignedRow[] = [];
  let [i, j] = [came.length, normal.length];
  while (i > 0 || j > 0) {
    const isSame = came[i - 1] === normal[j - 1];
    if (at(i, j) === at(i - 1, j - 1) + (isSame ? 0 : replaced)) {
      rows.push({ kind: isSame ? "same" : "replaced", came: --i, normal: --j });
    } else if (at(i, j) === at(i, j - 1) + single) {
      rows.push({ kind: "missing", came: undefined, normal: --j });
    } else {
      rows.push({ kind: "added", came: --i, normal: undefined });
    }
  }
  return rows.reverse();
}

/** costs[i][j] is that of the first i and the first j elements. A replacement costs a trifle more than what is on one side alone: of
 * equally many differences those with fewer replacements leave more rows equal. */
function costTable(came: readonly string[], normal: readonly string[]) {
  const single = came.length + normal.length + 1; // no sum of trifles reaches one difference
  const replaced = single + 1;
  const costs = [normal.reduce<number[]>((row) => [...row, (row.at(-1) ?? 0) + single], [0])];
  for (const [i, event] of came.entries()) {
    const above = costs[i] ?? [];
    const row = [(i + 1) * single];
    for (const [j, other] of normal.entries()) {
      const diagonal = (above[j] ?? 0) + (event === other ? 0 : replaced);
      row.push(Math.min(diagonal, (above[j + 1] ?? 0) + single, (row[j] ?? 0) + single));
    }
    costs.push(row);
  }
  return { costs, single, replaced };
}
