/** Name of the SQL function that does the same in the database. */
export const FOLD_CASE = "fold_case";

/**
 * A text without its case, so that texts that differ by nothing else are equal, and a part of a text is a part of the folded one. SQLite's
 * lower() knows ASCII only. Upper case, because what it makes of a letter never depends on the letters beside it: a sigma in lower
 * case does.
 *
 * Example: "Straße" and "STRASSE" give "STRASSE".
 */
export function foldCase(text: string): string {
  return text.toUpperCase();
}
