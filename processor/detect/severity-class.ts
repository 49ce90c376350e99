/** Severity as far as novelty is concerned, least severe first. */
export const SEVERITY_CLASSES = ["harmless", "unspecified", "warning", "error", "fatal"] as const;
export type SeverityClass = (typeof SEVERITY_CLASSES)[number];

/** Words by which a template without a severity tells it. A word alone is never taken for fatal. */
const ERROR_WORD =
  /\b(?:error|err|exception|fail(?:ed|ure|s)?|fatal|panic|critical|crit|emerg|abort(?:ed)?|traceback)\b/i;
const WARNING_WORD = /\b(?:warn|warning|timeout|timed out|refused|denied|unreachable)\b/i;
const HARMLESS_WORD = /\b(?:info|debug|trace|notice)\b/i;
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

function byWords(template: string): SeverityClass {
  if (ERROR_WORD.test(template)) return "error";
  if (WARNING_WORD.test(template)) return "warning";
  return HARMLESS_WORD.test(template) ? "harmless" : "unspecified";
}
