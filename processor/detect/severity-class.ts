/** Severity as far as novelty is concerned, least severe first. */
export const SEVERITY_CLASSES = ["harmless", "unspecified", "warning", "error", "fatal"] as const;
export type SeverityClass = (typeof SEVERITY_CLASSES)[number];

/** Words by which a template without a severity tells it. A word alone is never taken for fatal. */
const ERROR_WORD =
  /\b(?:error|err|exception|fail(?:ed|ure|s)?|fatal|panic|critical|crit|emerg|abort(?:ed)?|traceback)\b/i;
const WARNING_WORD = /\b(?:warn|warning|timeout|timed out|refused|denied|unreachable)\b/i;
const HARMLESS_WORD = /\b(?:info|debug|trace|notice)\b/i;
/** Where a text tells its level: as a value of its own, in brackets, or in capitals among the first words. */
const HARMLESS_LEVEL = [
  /(?:^|[\s{[,"'])(?:level|lvl|severity)["']?\s*[=:]\s*["']?(?:info|debug|trace)\b/i,
  /\[(?:info|debug|trace)\s*\]/i,
  /^(?:\S+\s+){0,5}(?:INFO|DEBUG|TRACE)[:,|]?(?:\s|$)/,
  /^\W*(?:info|debug|trace):/i,
] as const;
/** Longest part of a template that is searched for such a word. */
const SEARCHED_CHARACTERS_MAX = 512;

/**
 * The class of a record: by its OTLP severity number (logs data model, SeverityNumber: WARN from 13, ERROR from 17, FATAL
 * from 21), and where that is 0 by the words of its template. Example: 0 and "ERROR dfs.DataNode: <*>" give "error".
 */
export function severityClass(severityNumber: number, template: string): SeverityClass {
  if (severityNumber >= 21) return "fatal";
  if (severityNumber >= 17) return "error";
  if (severityNumber >= 13) return "warning";
  return severityNumber > 0 ? "harmless" : byWords(template.slice(0, SEARCHED_CHARACTERS_MAX));
}

/**
 * Whether a record is surely below WARN: by its severity number, and where that is 0 by a level of info, debug or trace where a
 * text tells its level. Example: "INFO dfs.DataNode: <*>" is; "Call Trace:" and "GET /user/info <NUM>" are not.
 */
export function isHarmless(severityNumber: number, template: string): boolean {
  if (severityClass(severityNumber, template) !== "harmless") return false;
  const searched = template.slice(0, SEARCHED_CHARACTERS_MAX);
  return severityNumber > 0 || HARMLESS_LEVEL.some((level) => level.test(searched));
}

function byWords(template: string): SeverityClass {
  if (ERROR_WORD.test(template)) return "error";
  if (WARNING_WORD.test(template)) return "warning";
  return HARMLESS_WORD.test(template) ? "harmless" : "unspecified";
}
