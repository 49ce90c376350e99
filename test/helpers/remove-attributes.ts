import { createCursor, readLength } from "../../processor/wire/protobuf.ts";
import { ATTRIBUTE, indexRequest } from "../../processor/wire/request-index.ts";
import { rewriteRecords } from "../../processor/wire/rewrite.ts";
import { decodeString } from "../../processor/wire/text.ts";

const OUR_SUFFIXES = ["score", "is_anomaly", "threshold", "explanation", "id", "model.version"];

/** Whether an attribute key is one that the product writes. */
export function isOurAttribute(key: string, prefix: string): boolean {
  return key === "log.record.template" || OUR_SUFFIXES.some((suffix) => key === `${prefix}.${suffix}`);
}

/**
 * Removes attributes from every record of a request: the inverse of `spliceAttributes`. Bytes that got
 * attributes come back exactly, unless a record had attributes under our keys before (they were replaced) or a
 * length was padded to all ten bytes of a varint.
 *
 * @returns the new bytes, or `bytes` itself when nothing is removed.
 * @throws MalformedRequestError as `readRequest` does.
 */
export function removeAttributes(bytes: Uint8Array, isOurs: (key: string) => boolean): Uint8Array {
  const index = indexRequest(bytes);
  const { attributes, records } = index;
  const cursor = createCursor(index.bytes);
  const removed: number[] = [];
  for (let row = 0; row < attributes.rowCount; row++) {
    cursor.position = attributes.cells[row * attributes.width + ATTRIBUTE.keyAt] ?? -1;
    const length = cursor.position < 0 ? 0 : readLength(cursor);
    if (isOurs(decodeString(index.bytes, cursor.position, cursor.position + length))) removed.push(row);
  }
  if (removed.length === 0) return bytes;
  return rewriteRecords(index, {
    removed,
    appended: new Uint8Array(0),
    appendedEnds: new Int32Array(records.rowCount),
  });
}
