import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import { receiveConfig } from "../../processor/receive/config.ts";
import { type Receivers, startReceivers } from "../../processor/receive/start-receivers.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { MalformedRequestError } from "../../processor/wire/record-view.ts";

/** Both doors and a next hop with nothing between them but reading the request. */
export interface Relay extends Receivers {
  readonly grpcAddress: string;
  readonly httpAddress: string;
}

/** @param endpoint of the next hop; "" for a sink */
export async function startRelay(
  endpoint: string,
  forward: object = {},
  receive: object = {},
): Promise<Relay> {
  const settings = forwardConfig.parse({ endpoint, ...forward });
  const forwarder = createForwarder(settings);
  const metadataKeys = settings.metadata_keys;
  const config = receiveConfig.parse({
    grpc: { endpoint: "127.0.0.1:0" },
    http: { endpoint: "127.0.0.1:0" },
    ...receive,
  });
  const receivers = await startReceivers(config, {
    score: () => Promise.reject(new Error("these doors score nothing")),
    now: Date.now,
    consume: async (bytes, signal, _, metadata) => {
      try {
        readRequest(bytes);
      } catch (error) {
        if (!(error instanceof MalformedRequestError)) throw error;
        return { kind: "refused", reason: "malformed", message: error.message };
      }
      return forwarder.forward(bytes, signal, metadata);
    },
    observer: { refused: () => undefined, connectionRefused: () => undefined },
    warn: () => undefined,
    metadataKeys,
    onError: () => undefined,
  });
  return {
    ...receivers,
    grpcAddress: receivers.grpcAddress ?? "",
    httpAddress: receivers.httpAddress ?? "",
    stop: async () => {
      await receivers.stop();
      await forwarder.close();
    },
  };
}

/** A good request with so many records. */
export function aRequest(records = 1, body = "hello"): Uint8Array {
  return encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: records }, (_, i) => ({
        timeUnixNano: BigInt(i + 1),
        body: `${body} ${i}`,
      })),
    },
  ]);
}
