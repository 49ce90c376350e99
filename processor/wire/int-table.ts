/**
 * A growing table of 32-bit integers with named columns: thousands of small rows without an object each.
 * The cell of row r and column c is `cells[r * width + c]`.
 */
export interface IntTable {
  readonly width: number;
  cells: Int32Array;
  rowCount: number;
}

const ROWS_AT_FIRST = 64;

/** An empty table of `width` columns. */
export function createIntTable(width: number): IntTable {
  return { width, cells: new Int32Array(width * ROWS_AT_FIRST), rowCount: 0 };
}

/** Adds a row of zeros; returns where its first cell stands. */
export function addRow(table: IntTable): number {
  const base = table.rowCount * table.width;
  if (base + table.width > table.cells.length) {
    const grown = new Int32Array(table.cells.length * 2);
    grown.set(table.cells);
    table.cells = grown;
  }
  table.rowCount++;
  return base;
}
