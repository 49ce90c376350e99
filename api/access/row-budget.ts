import { userError } from "../graphql/errors.ts";

/** What one operation may still read. Pages count by their size, which may come in a variable that no static limit sees. */
export interface RowBudget {
  /** @throws a BAD_USER_INPUT error when less is left */
  take(rows: number): void;
}

/** A budget of `rowsMax` rows. */
export function createRowBudget(rowsMax: number): RowBudget {
  let left = rowsMax;
  return {
    take(rows) {
      left -= rows;
      if (left >= 0) return;
      throw userError(
        "BAD_USER_INPUT",
        `one operation may ask for ${rowsMax} rows in all`,
        "Ask for smaller pages, or in several operations.",
      );
    },
  };
}
