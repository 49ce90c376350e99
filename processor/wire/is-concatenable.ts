import { createCursor, readTag, skipDelimited, WIRE_BYTES } from "./protobuf.ts";
import { MalformedRequestError } from "./record-view.ts";

/** `repeated ResourceLogs resource_logs = 1` */
const RESOURCE_LOGS_TAG = (1 << 3) | WIRE_BYTES;

/**
 * Whether the request holds resource logs and nothing else, so that it can stand in front of or behind others in one request:
 * a repeated field of concatenated messages is the concatenation of both (protobuf encoding, "Last One Wins"), an unknown
 * field may be one of which the last wins.
 */
export function isConcatenable(bytes: Uint8Array): boolean {
  const cursor = createCursor(bytes);
  try {
    while (cursor.position < cursor.end) {
      if (readTag(cursor) !== RESOURCE_LOGS_TAG) return false;
      skipDelimited(cursor);
    }
    return bytes.length > 0;
  } catch (error) {
    if (error instanceof MalformedRequestError) return false;
    throw error;
  }
}
