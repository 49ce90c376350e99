/** The event model's index of an OTLP severity number: 0 unspecified, 1 TRACE, 2 DEBUG, 3 INFO, 4 WARN, 5 ERROR, 6 FATAL
 * (logs data model, SeverityNumber: four numbers a level). */
export function severityIndex(severityNumber: number): number {
  if (severityNumber <= 0) return 0;
  return Math.min(6, Math.ceil(severityNumber / 4));
}
