import { create, fromBinary, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack, durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { BadRequestSchema, RetryInfoSchema } from "../../proto/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../proto/gen/google/rpc/status_pb.js";

/** A google.rpc.Status, as far as OTLP uses it (OTLP specification, "Failures"). */
export interface RpcStatus {
  /** gRPC code, 0 to 16. */
  readonly code: number;
  readonly message: string;
  /** RetryInfo: when the sender may try again. */
  readonly retryAfterMs?: number | undefined;
  /** BadRequest: what is wrong with the request, one description. */
  readonly badRequest?: string | undefined;
}

/** The status with its details as protobuf: an HTTP error body, or grpc-status-details-bin. */
export function encodeStatus({ code, message, retryAfterMs, badRequest }: RpcStatus): Uint8Array {
  const details = [];
  if (retryAfterMs !== undefined) {
    details.push(
      anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) })),
    );
  }
  if (badRequest !== undefined) {
    const fieldViolations = [{ field: "request", description: badRequest }];
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  }
  return toBinary(StatusSchema, create(StatusSchema, { code, message, details }));
}

/** The status as JSON, for senders that speak OTLP/JSON. */
export function statusToJson({ code, message, retryAfterMs, badRequest }: RpcStatus): JsonValue {
  const details: JsonValue[] = [];
  if (retryAfterMs !== undefined) {
    details.push({
      "@type": "type.googleapis.com/google.rpc.RetryInfo",
      retryDelay: `${retryAfterMs / 1000}s`,
    });
  }
  if (badRequest !== undefined) {
    const fieldViolations = [{ field: "request", description: badRequest }];
    details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations });
  }
  return { code, message, ...(details.length > 0 ? { details } : {}) };
}

/** Reads a protobuf status; undefined when the bytes are none. */
export function decodeStatus(bytes: Uint8Array): RpcStatus | undefined {
  try {
    const status = fromBinary(StatusSchema, bytes);
    const retryInfo = status.details
      .map((detail) => anyUnpack(detail, RetryInfoSchema))
      .find((one) => one !== undefined);
    return {
      code: status.code,
      message: status.message,
      retryAfterMs: retryInfo?.retryDelay === undefined ? undefined : durationMs(retryInfo.retryDelay),
    };
  } catch {
    return undefined;
  }
}
