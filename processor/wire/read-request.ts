import { viewRecords } from "./lazy-record.ts";
import type { ExportRequest } from "./record-view.ts";
import { indexRequest, type RequestIndex } from "./request-index.ts";

/** A request that remembers where its parts lie, so that writing into it needs no second walk. */
interface IndexedRequest extends ExportRequest {
  readonly index: RequestIndex;
}

/**
 * Reads an ExportLogsServiceRequest (opentelemetry-proto 1.11.0) without decoding it: its structure is
 * validated once, its records are decoded field by field when they are asked. Unknown fields, empty messages
 * and text that is no UTF-8 are fine and stay as they are.
 *
 * @param bytes must not be changed while the request is in use: views read from them.
 * @throws MalformedRequestError saying what is wrong and at which byte, never what the bytes say.
 */
export function readRequest(bytes: Uint8Array): ExportRequest {
  const index = indexRequest(bytes);
  const request: IndexedRequest = { bytes, records: viewRecords(index), index };
  return request;
}

/** Where the parts of a request lie: remembered by `readRequest`, found anew for a request made otherwise. */
export function indexOf(request: ExportRequest): RequestIndex {
  return isIndexed(request) ? request.index : indexRequest(request.bytes);
}

function isIndexed(request: ExportRequest): request is IndexedRequest {
  return "index" in request;
}
