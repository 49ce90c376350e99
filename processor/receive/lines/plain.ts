import type { ParsedLine } from "./parsed-line.ts";
import { findSeverity } from "./severity.ts";
import { findTimestamp } from "./timestamp.ts";

/** Plain text, with or without a time and a level: the body is the whole text as it stands. */
export function parsePlain(text: string, referenceMs: number): ParsedLine {
  return {
    source: text,
    timeUnixNano: findTimestamp(text, referenceMs),
    ...findSeverity(text),
    body: text,
    service: undefined,
    attributes: {},
    traceId: undefined,
    spanId: undefined,
  };
}
