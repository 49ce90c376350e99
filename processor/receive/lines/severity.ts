/** A level as it was written, with its OTLP severity number. */
export interface Severity {
  readonly severityNumber: number;
  readonly severityText: string;
}

export const NO_SEVERITY: Severity = { severityNumber: 0, severityText: "" };

/** OTLP severity numbers of the words in use (logs data model, appendix B, with log4j, syslog and Python names). */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["TRACE", 1],
  ["VERBOSE", 1],
  ["DEBUG", 5],
  ["INFO", 9],
  ["INFORMATION", 9],
  ["INFORMATIONAL", 9],
  ["NOTICE", 10],
  ["WARN", 13],
  ["WARNING", 13],
  ["ERR", 17],
  ["ERROR", 17],
  ["SEVERE", 17],
  ["CRIT", 18],
  ["CRITICAL", 18],
  ["ALERT", 19],
  ["FATAL", 21],
  ["PANIC", 21],
  ["EMERG", 21],
  ["EMERGENCY", 21],
]);

/** How far into a line its level is looked for, in UTF-16 code units. */
const SEARCHED_CHARACTERS_MAX = 200;
const WORDS =
  "trace|verbose|debug|information|informational|info|notice|warning|warn|error|err|severe|critical|crit|alert|fatal|panic|emergency|emerg";
/** Lower case counts only where the line says that it is a level: `[error]`, `level=warn`, `"level":"info"`. */
const MARKED = new RegExp(`(?:\\[|\\b(?:level|lvl|severity)["']?[=:] ?["']?)(${WORDS})\\b`, "i");
const UPPER_CASE = new RegExp(`(?<![\\w.])(${WORDS.toUpperCase()})(?![\\w.])`);
/** The first letter of a klog line (I0102 15:04:05.678901), or Android's column. */
const LETTER =
  /^(?:([IWEF])\d{4} \d\d:\d\d:|\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {1,4}\d{1,6} {1,6}\d{1,6} ([VDIWEF]) )/;
const LETTERS: ReadonlyMap<string, number> = new Map([
  ["V", 1],
  ["D", 5],
  ["I", 9],
  ["W", 13],
  ["E", 17],
  ["F", 21],
]);

/** The OTLP severity number of a level word in any case, 0 for any other word. */
export function severityNumberOf(word: string): number {
  return word.length <= 16 ? (NUMBERS.get(word.trim().toUpperCase()) ?? 0) : 0;
}

/** The level that a line of plain text carries near its begin. Example: "17/06/09 20:10:40 INFO Client: up" gives INFO, 9. */
export function findSeverity(line: string): Severity {
  const start = line.slice(0, SEARCHED_CHARACTERS_MAX);
  const letter = LETTER.exec(start);
  const code = letter?.[1] ?? letter?.[2];
  if (code !== undefined) return { severityNumber: LETTERS.get(code) ?? 0, severityText: code };
  const word = (UPPER_CASE.exec(start) ?? MARKED.exec(start))?.[1];
  return word === undefined ? NO_SEVERITY : { severityNumber: severityNumberOf(word), severityText: word };
}
