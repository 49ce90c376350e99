import { connect } from "node:http2";

const EXPORT_PATH = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const WINDOW_BYTES = 1024 * 1024;
/** MB that a session may hold before node ends it with ENHANCE_YOUR_CALM. */
const SESSION_MEMORY_MAX = 1_000;
const UNKNOWN = 2;

/** A bare OTLP/gRPC client, so that sending costs little. */
export interface GrpcCaller {
  /** Resolves with the gRPC status of the answer. */
  call(frame: Buffer): Promise<number>;
  close(): void;
}

/** One connection to host:port. */
export function createGrpcCaller(endpoint: string): GrpcCaller {
  const session = connect(`http://${endpoint}`, {
    maxSessionMemory: SESSION_MEMORY_MAX,
    settings: { initialWindowSize: WINDOW_BYTES },
  });
  // Each call on the connection tells it too.
  session.on("error", () => undefined);
  const headers = {
    ":method": "POST",
    ":path": EXPORT_PATH,
    "content-type": "application/grpc",
    te: "trailers",
  };
  return {
    call: (frame) =>
      new Promise((resolve, reject) => {
        const stream = session.request(headers);
        let status = UNKNOWN;
        const read = (fields: { readonly [name: string]: unknown }) => {
          if (fields["grpc-status"] !== undefined) status = Number(fields["grpc-status"]);
        };
        stream.on("response", read).on("trailers", read);
        stream.on("error", reject).on("close", () => resolve(status));
        stream.resume().end(frame);
      }),
    close: () => session.close(),
  };
}
