import type { AttributeValue, RecordView } from "../wire/record-view.ts";
import type { WindowConfig } from "./config.ts";
import { compilePattern, type UserPattern } from "./user-pattern.ts";

/** Longest key that is kept, in UTF-16 code units. */
const KEY_CHARACTERS_MAX = 256;
/** How much of a body is searched for a pattern, in UTF-16 code units. */
const SEARCHED_CHARACTERS_MAX = 4_096;

/**
 * How a record's stream within its service is found. Records without the key share the stream "".
 * Example: `{ by: "pattern", pattern: "blk_-?\\d+" }` on "Deleting block blk_-42" gives "blk_-42".
 */
export function createStreamKey({ stream }: Pick<WindowConfig, "stream">): (record: RecordView) => string {
  switch (stream.by) {
    case "instance":
      return (record) => text(record.resourceAttribute("service.instance.id"));
    case "trace":
      return (record) => record.traceId ?? "";
    case "attribute":
      return (record) =>
        text(record.attribute(stream.attribute) ?? record.resourceAttribute(stream.attribute));
    case "pattern":
      return byPattern(compilePattern(stream.pattern));
  }
}

function byPattern(pattern: UserPattern): (record: RecordView) => string {
  return (record) => text(pattern.first(record.body.slice(0, SEARCHED_CHARACTERS_MAX)));
}

/** A simple value as a bounded key; lists, maps and bytes name no stream. */
function text(value: AttributeValue | undefined): string {
  if (value === null || value === undefined || typeof value === "object") return "";
  return String(value).slice(0, KEY_CHARACTERS_MAX);
}
