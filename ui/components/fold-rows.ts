/** A stretch of rows: shown, or folded into one line because nothing differs near it. */
export interface Stretch<Row> {
  readonly isFolded: boolean;
  readonly rows: readonly Row[];
}

/** Rows that stay beside one that matters. */
const CONTEXT_ROWS = 2;
/** Fewer are not worth a line that stands for them. */
const FOLDED_ROWS_MIN = 4;

/**
 * Cuts rows into stretches that are shown and stretches that are folded: what is far from every row that matters.
 *
 * Example: ten rows of which the last one matters -> seven folded, three shown
 */
export function foldRows<Row>(rows: readonly Row[], matters: (row: Row) => boolean): readonly Stretch<Row>[] {
  const isNear = (index: number) =>
    rows.slice(Math.max(0, index - CONTEXT_ROWS), index + CONTEXT_ROWS + 1).some(matters);
  const stretches: { isFolded: boolean; rows: Row[] }[] = [];
  for (const [index, row] of rows.entries()) {
    const isFolded = !isNear(index);
    const last = stretches.at(-1);
    if (last?.isFolded === isFolded) last.rows.push(row);
    else stretches.push({ isFolded, rows: [row] });
  }
  return stretches.map((one) => (one.rows.length < FOLDED_ROWS_MIN ? { ...one, isFolded: false } : one));
}
