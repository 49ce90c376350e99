import { request } from "node:http";
import { ChannelCredentials, Client, Metadata, type ServiceError } from "@grpc/grpc-js";
import { decodeResponse, type PartialSuccess } from "../../processor/wire/export-response.ts";
import { decodeStatus } from "../../processor/wire/rpc-status.ts";

/** What a sender hears over gRPC. */
export interface GrpcReply {
  readonly code: number;
  readonly details: string;
  readonly retryAfterMs: number | undefined;
  readonly result: PartialSuccess | undefined;
}

/** One export call, on a connection of its own. */
export async function sendGrpc(
  address: string,
  body: Uint8Array,
  options: {
    readonly gzip?: boolean;
    readonly path?: string;
    readonly metadata?: Readonly<Record<string, string>>;
  } = {},
): Promise<GrpcReply> {
  const client = new Client(address, ChannelCredentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
    ...(options.gzip === true ? { "grpc.default_compression_algorithm": 2 } : {}),
  });
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(options.metadata ?? {})) metadata.set(name, value);
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(
        options.path ?? "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        body,
        metadata,
        { deadline: Date.now() + 60_000 },
        (error: ServiceError | null, response?: Buffer) => {
          const [details] = error?.metadata?.get("grpc-status-details-bin") ?? [];
          resolve({
            code: error?.code ?? 0,
            details: error?.details ?? "",
            retryAfterMs: details instanceof Buffer ? decodeStatus(details)?.retryAfterMs : undefined,
            result: response === undefined ? undefined : decodeResponse(response, false),
          });
        },
      );
    });
  } finally {
    client.close();
  }
}

/** What a sender hears over HTTP. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** One request, on a connection of its own. */
export function sendHttp(
  address: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  { method = "POST", path = "/v1/logs" }: { readonly method?: string; readonly path?: string } = {},
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const sent = request(
      `http://${address}${path}`,
      { method, agent: false, headers: { "content-type": "application/x-protobuf", ...headers } },
      async (response) => {
        isAnswered = true;
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        });
      },
    );
    // A server that refuses a large body may close while it is still being sent.
    sent.on("error", (error) => (isAnswered ? undefined : reject(error)));
    sent.end(body);
  });
}
