/**
 * A growing table of 32-bit integers with named columns: thousands of small rows without an object each.
 * The cell of row r and column c is `cells[r * width + c]`.
 */
export interface IntTable {
  readonly width: number;
  cells: Int32Array;
  rowCount: number;
}

const ROWS_MIN = 16;

/**
 * An empty table of `width` columns.
 *
 * @param expectedRows a guess; the table grows beyond it.
 */
export function createIntTable(width: number, expectedRows: number): IntTable {
  return { width, cells: new Int32Array(width * Math.max(ROWS_MIN, expectedRows)), rowCount: 0 };
}

/** Adds a row of zeros; returns where its first cell stands. */
export function addRow(table: IntTable): number {
  const base = table.rowCount * table.width;
  if (base + table.width > table.cells.length) grow(table);
  table.rowCount++;
  return base;
}

function grow(table: IntTable): void {
  const grown = new Int32Array(table.cells.length * 2);
  grown.set(table.cells);
  table.cells = grown;
}
