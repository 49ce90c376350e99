/** Severity as far as novelty is concerned; unspecified counts as harmless. */
export type SeverityClass = "harmless" | "warning" | "error" | "fatal";

/** The class of an OTLP severity number (logs data model, SeverityNumber): WARN from 13, ERROR from 17, FATAL from 21. */
export function severityClass(severityNumber: number): SeverityClass {
  if (severityNumber >= 21) return "fatal";
  if (severityNumber >= 17) return "error";
  return severityNumber >= 13 ? "warning" : "harmless";
}
