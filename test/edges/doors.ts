import { receiveConfig } from "../../processor/receive/config.ts";
import type { ConnectionLimit, Consume, RefusedReason } from "../../processor/receive/consume.ts";
import { startReceivers } from "../../processor/receive/start-receivers.ts";

/** Of `receive`. */
type DoorSettings = { readonly grpc?: object; readonly http?: object; readonly [key: string]: unknown };

/** Both doors in front of a test's own consumer. */
export interface Doors {
  readonly grpcAddress: string;
  readonly httpAddress: string;
  readonly refused: RefusedReason[];
  readonly errors: unknown[];
  readonly warnings: string[];
  readonly connectionsRefused: ConnectionLimit[];
  readonly bytesInFlight: number;
  stop(): Promise<void>;
}

/**
 * @param receive settings beside the endpoints
 * @param metadataKeys headers that go on
 */
export async function startDoors(
  consume: Consume,
  receive: DoorSettings = {},
  metadataKeys: readonly string[] = [],
): Promise<Doors> {
  const refused: RefusedReason[] = [];
  const errors: unknown[] = [];
  const warnings: string[] = [];
  const connectionsRefused: ConnectionLimit[] = [];
  const config = receiveConfig.parse({
    ...receive,
    grpc: { endpoint: "127.0.0.1:0", ...receive.grpc },
    http: { endpoint: "127.0.0.1:0", ...receive.http },
  });
  const receivers = await startReceivers(config, {
    score: () => Promise.reject(new Error("these doors score nothing")),
    now: Date.now,
    consume,
    observer: {
      refused: (reason) => refused.push(reason),
      connectionRefused: (limit) => connectionsRefused.push(limit),
    },
    warn: (_, message) => warnings.push(message),
    metadataKeys,
    onError: (error) => errors.push(error),
  });
  return {
    grpcAddress: receivers.grpcAddress ?? "",
    httpAddress: receivers.httpAddress ?? "",
    refused,
    errors,
    warnings,
    connectionsRefused,
    get bytesInFlight() {
      return receivers.bytesInFlight;
    },
    stop: receivers.stop,
  };
}
