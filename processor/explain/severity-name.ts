const NAMES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
/** OTLP severity numbers that share a name. */
const STEPS = 4;

/** The name of an OTLP severity number's range; undefined for none. Example: 18 gives "ERROR". */
export function severityName(severityNumber: number): string | undefined {
  return severityNumber < 1 ? undefined : NAMES[Math.floor((severityNumber - 1) / STEPS)];
}
