import type { Tone } from "../ui/Badge.tsx";

/** The colour of a severity by its OpenTelemetry name, such as "ERROR", "WARN2" or null for none. */
export function severityTone(severity: string | null): Tone {
  const name = (severity ?? "").toUpperCase();
  if (/^(FATAL|CRIT|ALERT|EMERG|PANIC|ERR|SEVERE)/.test(name)) return "danger";
  if (name.startsWith("WARN")) return "warning";
  return "muted";
}
