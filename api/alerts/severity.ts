/** Classes of OTLP severity numbers, four numbers each. */
export const SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
const NUMBERS_PER_CLASS = 4;

/** The class of a severity number; 0 for a record without severity, 1 for TRACE, 6 for FATAL. */
export function severityClass(severityNumber: number): number {
  return Math.ceil(severityNumber / NUMBERS_PER_CLASS);
}

/** The least number of a class. Example: "WARN" gives 13. */
export function severityFloor(severity: (typeof SEVERITIES)[number] | undefined): number {
  return severity === undefined ? 0 : SEVERITIES.indexOf(severity) * NUMBERS_PER_CLASS + 1;
}
