import type { RecordView } from "../wire/record-view.ts";

/** Longest service name that is kept, in UTF-16 code units. */
const SERVICE_CHARACTERS_MAX = 128;
/** What OpenTelemetry SDKs use for a missing service.name (semantic conventions, resource). */
const UNKNOWN_SERVICE = "unknown_service";

/** The record's `service.name`, trimmed and bounded; `unknown_service` when it is missing, empty or no text. */
export function serviceName(record: RecordView): string {
  const value = record.resourceAttribute("service.name");
  if (typeof value !== "string") return UNKNOWN_SERVICE;
  // As PostgreSQL keeps it, which has no NUL: two names of a batch would be one there.
  const name = value.trim().slice(0, SERVICE_CHARACTERS_MAX).toWellFormed().replaceAll("\0", "\ufffd");
  return name === "" ? UNKNOWN_SERVICE : name;
}
