import type { Range, Rule } from "./rule.ts";
import { isSecretName } from "./secret-names.ts";
import { CALL } from "./text-traits.ts";
import { isNoSecret } from "./values.ts";

/** The columns that a row is inserted into, and where the rows begin. */
const COLUMNS = /\(([^()]{1,4096})\)\s{0,8}values?\s{0,8}(?=\()/gi;
const COLUMN_QUOTES = /^[\s"'`[\\]+|[\s"'`\]\\]+$/g;
/** Longest text in quotes that is read. */
const QUOTED_CHARACTERS_MAX = 65_536;
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
    const end = cellEnd(text, at);
    if (secrets.has(column)) found.push(...valueIn(text, at, end));
    at = end;
    if (text[at] !== ",") return at;
    at += 1;
  }
}

/** What stands in no row but within quotes: the end of a statement, and an escape, of whoever wrote the statement into a text. */
const NO_CELL = ";\\";

/** Where a value of a row ends, be it in calls of functions; no character is read twice. */
function cellEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (NO_CELL.includes(character)) return at;
    if (character === "'" || character === '"') at = closingQuote(text, at);
    else if (character === "(") depth += 1;
    else if (depth === 0 && (character === "," || character === ")")) return at;
    else if (character === ")") depth -= 1;
  }
  return text.length;
}

/** Where the quote closes that opens there; where it never does, the end of its line. One that is doubled closes and opens again. */
function closingQuote(text: string, open: number): number {
  const last = Math.min(text.length, open + QUOTED_CHARACTERS_MAX);
  for (let at = open + 1; at < last; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === text[open]) return at;
  }
  const end = text.indexOf("\n", open);
  return end < 0 ? text.length : end;
}

/** What is between a cell's first quote and its last, or all of it but for its type where it has neither quotes nor a call. */
function valueIn(text: string, from: number, to: number): readonly Range[] {
  const cell = text.slice(from, to);
  const open = cell.search(/['"]/);
  const close = Math.max(cell.lastIndexOf("'"), cell.lastIndexOf('"'));
  const value = open < 0 ? bareIn(cell) : cell.slice(open + 1, close > open ? close : cell.length);
  const start = from + (open < 0 ? cell.indexOf(value) : open + 1);
  return isInserted(value) ? [[start, start + value.length]] : [];
}

function bareIn(cell: string): string {
  return cell.includes("(") ? "" : cell.trim().replace(/::\w{1,32}$/, "");
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
