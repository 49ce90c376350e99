import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { frameOf } from "../../processor/grpc/frame.ts";

export const EXPORT_PATH = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

/** With Node's 10 a client that still holds more of a message than that drops the answer to it. */
const SESSION_MEMORY_MB_MAX = 1_000;

/** What a bare HTTP/2 client hears. */
export interface RawReply {
  readonly headers: IncomingHttpHeaders;
  /** Of the trailers, or of the headers where the answer has no message. */
  readonly status: number | undefined;
  readonly message: string;
  readonly body: Buffer;
}

/** A bare HTTP/2 client, for calls that no library makes. */
export interface RawClient {
  readonly session: ClientHttp2Session;
  /** @param data what follows the headers; undefined leaves the call open */
  call(data: Uint8Array | undefined, headers?: OutgoingHttpHeaders): Promise<RawReply>;
  close(): void;
}

/** One connection to host:port. */
export function rawClient(address: string): RawClient {
  const session = connect(`http://${address}`, { maxSessionMemory: SESSION_MEMORY_MB_MAX });
  session.on("error", () => undefined);
  return {
    session,
    call: (data, headers = {}) =>
      new Promise((resolve) => {
        const stream = session.request({
          ":method": "POST",
          ":path": EXPORT_PATH,
          "content-type": "application/grpc",
          te: "trailers",
          ...headers,
        });
        let heard: IncomingHttpHeaders = {};
        let trailers: IncomingHttpHeaders = {};
        const chunks: Buffer[] = [];
        stream.on("response", (fields) => {
          heard = fields;
        });
        stream.on("trailers", (fields) => {
          trailers = fields;
        });
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("error", () => undefined);
        stream.on("close", () => {
          const status = trailers["grpc-status"] ?? heard["grpc-status"];
          resolve({
            headers: heard,
            status: status === undefined ? undefined : Number(status),
            message: String(trailers["grpc-message"] ?? heard["grpc-message"] ?? ""),
            body: Buffer.concat(chunks),
          });
        });
        if (data === undefined) stream.write(frameOf(new Uint8Array(10)).subarray(0, 8));
        else stream.end(data);
      }),
    close: () => session.destroy(),
  };
}
