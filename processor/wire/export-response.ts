import { create, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import {
  type ExportLogsServiceResponse,
  ExportLogsServiceResponseSchema,
} from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { MESSAGES_MAX } from "./request-index.ts";

/** What an OTLP server says of a request that it took. */
export interface PartialSuccess {
  readonly rejectedRecords: number;
  /** A warning when no record was rejected; "" for none. */
  readonly message: string;
}

/** An ExportLogsServiceResponse as protobuf; a full success is the empty message (OTLP specification, "Full Success"). */
export function encodeResponse(result: PartialSuccess): Uint8Array {
  return toBinary(ExportLogsServiceResponseSchema, responseOf(result));
}

/** The same as OTLP/JSON. */
export function responseToJson(result: PartialSuccess): JsonValue {
  return toJson(ExportLogsServiceResponseSchema, responseOf(result));
}

/** Reads a response in either encoding; anything that cannot be read counts as a full success, as a 2xx without a body does. */
export function decodeResponse(body: Uint8Array, isJson: boolean): PartialSuccess {
  try {
    const response = isJson
      ? fromJson(ExportLogsServiceResponseSchema, JSON.parse(new TextDecoder().decode(body)), {
          ignoreUnknownFields: true,
        })
      : fromBinary(ExportLogsServiceResponseSchema, body);
    return {
      // A count that no request can have must not end the relay: what is passed on, and its sum over parts, fits its field.
      rejectedRecords: Math.min(
        MESSAGES_MAX,
        Math.max(0, Number(response.partialSuccess?.rejectedLogRecords ?? 0n)),
      ),
      message: response.partialSuccess?.errorMessage ?? "",
    };
  } catch {
    return { rejectedRecords: 0, message: "" };
  }
}

function responseOf({ rejectedRecords, message }: PartialSuccess): ExportLogsServiceResponse {
  if (rejectedRecords === 0 && message === "") return create(ExportLogsServiceResponseSchema);
  return create(ExportLogsServiceResponseSchema, {
    partialSuccess: { rejectedLogRecords: BigInt(rejectedRecords), errorMessage: message },
  });
}
