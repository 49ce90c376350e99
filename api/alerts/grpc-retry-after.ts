import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack, durationMs } from "@bufbuild/protobuf/wkt";
import { RetryInfoSchema } from "../../proto/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../proto/gen/google/rpc/status_pb.js";
import { retryAfterMs } from "../retry-after.ts";

/** What came beside an answer. */
interface Metadata {
  get(name: string): readonly (string | Buffer)[];
}

/**
 * For how long a gRPC receiver asks to be left alone, in milliseconds: by google.rpc.RetryInfo (OTLP specification, "OTLP/gRPC
 * Throttling"), or by the Retry-After header of a proxy before it; undefined where it does not say.
 */
export function grpcRetryAfterMs(metadata: Metadata, nowMs: number): number | undefined {
  const [status] = metadata.get("grpc-status-details-bin");
  const [header] = metadata.get("retry-after");
  const ofStatus = Buffer.isBuffer(status) ? inStatus(status) : undefined;
  return ofStatus ?? retryAfterMs(header === undefined ? null : String(header), nowMs);
}

function inStatus(status: Buffer): number | undefined {
  try {
    const { details } = fromBinary(StatusSchema, status);
    const delays = details.map((one) => anyUnpack(one, RetryInfoSchema)?.retryDelay);
    const delay = delays.find((one) => one !== undefined);
    return delay && Math.max(0, durationMs(delay));
  } catch {
    return undefined;
  }
}
