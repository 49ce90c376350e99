/** Rows of one statement: to build and compile a statement costs more than to run it, but a compiled one of many rows takes memory. */
export const ROWS_PER_STATEMENT = 100;

/** The values in their order, at most `size` together. Example: [1, 2, 3] by 2 gives [1, 2] and [3]. */
export function* chunks<T>(values: readonly T[], size = ROWS_PER_STATEMENT): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += size) yield values.slice(from, from + size);
}
