import type { ExportRequest } from "../wire/record-view.ts";
import { splitRequest } from "../wire/split.ts";

/** Our attributes made a record too large for the next hop, which had taken it without them. */
export class AttributesTooLargeError extends Error {
  override readonly name = "AttributesTooLargeError";
}

/**
 * The enriched bytes, where they can be sent in parts of at most `bytesMax`.
 *
 * @throws AttributesTooLargeError when a record fits without our attributes and does not fit with them: then the request must
 *   go on as it came, because a verdict is never worth a record
 */
export function withinLimit(request: ExportRequest, enriched: Uint8Array, bytesMax: number): Uint8Array {
  if (enriched.length <= bytesMax) return enriched;
  const isTooLarge = (bytes: Uint8Array) =>
    splitRequest(bytes, bytesMax).some((part) => part.length > bytesMax);
  if (isTooLarge(enriched) && !isTooLarge(request.bytes))
    throw new AttributesTooLargeError(`a record with our attributes is larger than ${bytesMax} bytes`);
  return enriched;
}
