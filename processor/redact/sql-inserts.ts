import type { Range, Rule } from "./rule.ts";
import { isSecretName } from "./secret-names.ts";
import { CALL } from "./text-traits.ts";
import { isNoSecret } from "./values.ts";

/** The columns that a row is inserted into, and where the rows begin. */
const COLUMNS = /\(([^()]{1,4096})\)\s{0,8}values?\s{0,8}(?=\()/gi;
const COLUMN_QUOTES = /^[\s"'`[\\]+|[\s"'`\]\\]+$/g;
const QUOTED = String.raw`(?:N?'((?:[^'\\]|''|\\.){0,4096})'|"((?:[^"\\]|\\.){0,4096})")`;
/** One value of a row, maybe in a function's call, and what ends it. */
const CELL = new RegExp(
  String.raw`\s{0,8}(?:${QUOTED}|\w{1,32}\(\s{0,8}${QUOTED}\s{0,8}\)|([^,()'"]{0,4096}))\s{0,8}(?:::\w{1,32})?\s{0,8}(?=[,)])`,
  "dy",
);
const NEXT_ROW = /\)\s{0,8},\s{0,8}(?=\()/y;

/** What a statement inserts into columns that are called a password or the like, in each of its rows. */
export function findInserted(text: string): readonly Range[] {
  const found: Range[] = [];
  COLUMNS.lastIndex = 0;
  for (let match = COLUMNS.exec(text); match !== null; match = COLUMNS.exec(text)) {
    const [whole, columns = ""] = match;
    const secrets = secretColumns(columns);
    if (secrets.size === 0) continue;
    let at = match.index + whole.length;
    for (let row = at; row >= 0; row = nextRow(text, at)) at = readRow(text, row, secrets, found);
    COLUMNS.lastIndex = at;
  }
  return found;
}

function secretColumns(columns: string): ReadonlySet<number> {
  const names = columns.split(",").map((column) => column.replaceAll(COLUMN_QUOTES, ""));
  return new Set(names.flatMap((name, index) => (isSecretName(name) ? [index] : [])));
}

/** Adds the secrets of the row that begins there; where it ends. */
function readRow(text: string, row: number, secrets: ReadonlySet<number>, found: Range[]): number {
  let at = row + 1;
  for (let column = 0; ; column += 1) {
    CELL.lastIndex = at;
    const cell = CELL.exec(text);
    if (cell === null) return at;
    const range = (cell.indices ?? []).slice(1).find((one) => one !== undefined);
    if (range !== undefined && secrets.has(column) && isInserted(text.slice(...range))) found.push(range);
    at = CELL.lastIndex;
    if (text[at] !== ",") return at;
    at += 1;
  }
}

/** A value, and no name of a parameter. */
function isInserted(value: string): boolean {
  return value.trim() !== "" && !isNoSecret(value.trim()) && !/^(?:default|[@:#]\w+|<)/i.test(value);
}

function nextRow(text: string, at: number): number {
  NEXT_ROW.lastIndex = at;
  return NEXT_ROW.test(text) ? NEXT_ROW.lastIndex : -1;
}

/** Passwords in columns of their own. */
export const INSERT_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: CALL, find: findInserted },
];
