const NAMES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;

/** The short name of an OTLP severity number (logs data model, SeverityNumber), or null for 0. Example: 9 gives "INFO", 18 "ERROR2". */
export function severityName(severityNumber: number): string | null {
  if (severityNumber < 1 || severityNumber > 24) return null;
  const step = (severityNumber - 1) % 4;
  return `${NAMES[Math.floor((severityNumber - 1) / 4)]}${step === 0 ? "" : step + 1}`;
}
