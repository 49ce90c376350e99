import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";

/** What a next hop says to a gRPC request. */
export type GrpcAnswer =
  | { readonly body: Uint8Array }
  | { readonly code: number; readonly details: string; readonly status?: Uint8Array };

/** A next hop of a test's own making. */
export interface NextHop {
  /** host:port */
  readonly address: string;
  /** Bodies that came in, decompressed. */
  readonly received: Uint8Array[];
  close(): Promise<void>;
}

/** A gRPC next hop that answers as it is told. */
export async function startGrpcNextHop(answer: (body: Uint8Array) => GrpcAnswer): Promise<NextHop> {
  const received: Uint8Array[] = [];
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const bytes = (value: Buffer) => value;
  server.addService(
    {
      Export: {
        path: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    {
      Export(call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) {
        received.push(call.request);
        const said = answer(call.request);
        if ("body" in said) return callback(null, Buffer.from(said.body));
        const metadata = new Metadata();
        if (said.status !== undefined) metadata.set("grpc-status-details-bin", Buffer.from(said.status));
        return callback({ code: said.code, details: said.details, metadata });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { address: `127.0.0.1:${port}`, received, close: async () => server.forceShutdown() };
}

/** What a next hop says to an HTTP request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** An HTTP next hop that answers as it is told. */
export async function startHttpNextHop(
  answer: (body: Uint8Array, request: IncomingMessage) => HttpAnswer,
): Promise<NextHop> {
  const received: Uint8Array[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    received.push(body);
    const { status, headers = {}, body: said } = answer(body, request);
    response.writeHead(status, headers).end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
