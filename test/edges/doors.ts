import { receiveConfig } from "../../processor/receive/config.ts";
import type { Consume, RefusedReason } from "../../processor/receive/consume.ts";
import { startReceivers } from "../../processor/receive/start-receivers.ts";

/** Both doors in front of a test's own consumer. */
export interface Doors {
  readonly grpcAddress: string;
  readonly httpAddress: string;
  readonly refused: RefusedReason[];
  readonly errors: unknown[];
  stop(): Promise<void>;
}

/** @param receive settings beside the endpoints */
export async function startDoors(consume: Consume, receive: object = {}): Promise<Doors> {
  const refused: RefusedReason[] = [];
  const errors: unknown[] = [];
  const config = receiveConfig.parse({
    grpc: { endpoint: "127.0.0.1:0" },
    http: { endpoint: "127.0.0.1:0" },
    ...receive,
  });
  const receivers = await startReceivers(config, {
    score: () => Promise.reject(new Error("these doors score nothing")),
    now: Date.now,
    consume,
    observer: { refused: (reason) => refused.push(reason) },
    onError: (error) => errors.push(error),
  });
  return {
    grpcAddress: receivers.grpcAddress ?? "",
    httpAddress: receivers.httpAddress ?? "",
    refused,
    errors,
    stop: receivers.stop,
  };
}
