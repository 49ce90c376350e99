import { createCursor, readTag, skipDelimited } from "./protobuf.ts";

/** Each resource of a request that holds nothing else (see is-concatenable.ts) as a request of its own, in their order. */
export function splitResources(bytes: Uint8Array): readonly Uint8Array[] {
  const cursor = createCursor(bytes);
  const parts: Uint8Array[] = [];
  while (cursor.position < cursor.end) {
    const from = cursor.position;
    readTag(cursor);
    skipDelimited(cursor);
    parts.push(bytes.subarray(from, cursor.position));
  }
  return parts;
}
