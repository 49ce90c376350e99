import { createServer as createHttpServer, type Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { encodeResponse } from "../../processor/wire/export-response.ts";
import { encodeStatus } from "../../processor/wire/rpc-status.ts";

/** What the next hop does with a request that it has read whole. */
export type Behaviour =
  | { readonly kind: "take" }
  /** Takes it, and says so late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** gRPC code, or HTTP status. */
  | { readonly kind: "refuse"; readonly code: number; readonly retryAfterMs?: number }
  /** Takes it, and cuts the connection in the middle of the answer. */
  | { readonly kind: "cut" }
  /** Takes it, and never answers. */
  | { readonly kind: "silent" }
  /** Takes it, and answers success with this body. */
  | { readonly kind: "body"; readonly body: Uint8Array }
  /** Takes all but so many records. */
  | { readonly kind: "partial"; readonly rejected: number };

/** A next hop that can misbehave, and tells what it has. */
export interface RecordingHop {
  /** host:port; the same after `up`. */
  readonly address: string;
  /** What `forward.endpoint` is set to. */
  readonly endpoint: string;
  /** From now on: what it does with each request. */
  behave(next: () => Behaviour): void;
  /** Stops listening and cuts every connection. */
  down(): Promise<void>;
  /** Listens again. */
  up(): Promise<void>;
}

export type Protocol = "grpc" | "http";
export const PROTOCOLS: readonly Protocol[] = ["grpc", "http"];

const FRAME_HEADER_BYTES = 5;
const TAKE: Behaviour = { kind: "take" };

/** @param onTaken told the body of each request that the next hop has */
export async function startRecordingHop(
  protocol: Protocol,
  onTaken: (body: Uint8Array) => void,
): Promise<RecordingHop> {
  let next = () => TAKE;
  const sockets = new Set<Socket>();
  const onRequest = (body: Uint8Array): Behaviour => {
    const behaviour = next();
    if (behaviour.kind !== "refuse") onTaken(body);
    return behaviour;
  };
  const create = (): Server | Http2Server =>
    protocol === "grpc" ? grpcServer(onRequest) : httpServer(onRequest);
  let server = create();
  let port = 0;
  const up = async () => {
    server = create();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    port = (server.address() as AddressInfo).port;
  };
  await up();
  const address = `127.0.0.1:${port}`;
  return {
    address,
    endpoint: protocol === "grpc" ? address : `http://${address}/v1/logs`,
    behave(behaviour) {
      next = behaviour;
    },
    async down() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    up,
  };
}

function grpcServer(onRequest: (body: Uint8Array) => Behaviour): Http2Server {
  const server = createHttp2Server();
  server.on("sessionError", () => undefined);
  server.on("stream", (stream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => undefined);
    stream.on("end", () => {
      void answerGrpc(stream, onRequest(Buffer.concat(chunks).subarray(FRAME_HEADER_BYTES)));
    });
  });
  return server;
}

async function answerGrpc(stream: ServerHttp2Stream, behaviour: Behaviour): Promise<void> {
  const say = (message: Uint8Array) => {
    if (stream.destroyed) return;
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(framed(message));
  };
  switch (behaviour.kind) {
    case "take":
      return say(new Uint8Array(0));
    case "slow":
      await delay(behaviour.ms);
      return say(new Uint8Array(0));
    case "body":
      return say(behaviour.body);
    case "partial":
      return say(encodeResponse({ rejectedRecords: behaviour.rejected, message: "rejected" }));
    case "silent":
      return;
    case "cut": {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      // Half of a frame's header, then nothing more.
      stream.write(Buffer.alloc(2), () => stream.session?.destroy());
      return;
    }
    case "refuse": {
      const { code, retryAfterMs } = behaviour;
      const details = Buffer.from(encodeStatus({ code, message: "refused", retryAfterMs }));
      stream.respond(
        {
          ":status": 200,
          "content-type": "application/grpc",
          "grpc-status": String(code),
          "grpc-message": "refused",
          "grpc-status-details-bin": details.toString("base64"),
        },
        { endStream: true },
      );
    }
  }
}

function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, FRAME_HEADER_BYTES);
  return frame;
}

function httpServer(onRequest: (body: Uint8Array) => Behaviour): Server {
  return createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The stage went away in the middle of its request: it was not read whole.
      return;
    }
    await answerHttp(response, onRequest(Buffer.concat(chunks)));
  });
}

async function answerHttp(response: ServerResponse, behaviour: Behaviour): Promise<void> {
  const type = { "content-type": "application/x-protobuf" };
  switch (behaviour.kind) {
    case "slow":
      await delay(behaviour.ms);
      response.writeHead(200, type).end();
      return;
    case "take":
      response.writeHead(200, type).end();
      return;
    case "body":
      response.writeHead(200, type).end(behaviour.body);
      return;
    case "partial":
      response
        .writeHead(200, type)
        .end(encodeResponse({ rejectedRecords: behaviour.rejected, message: "rejected" }));
      return;
    case "silent":
      return;
    case "cut":
      response.writeHead(200, { ...type, "content-length": "100" });
      response.write(Buffer.alloc(10), () => response.destroy());
      return;
    case "refuse":
      response
        .writeHead(behaviour.code, {
          ...type,
          ...(behaviour.retryAfterMs === undefined
            ? {}
            : { "retry-after": String(behaviour.retryAfterMs / 1000) }),
        })
        .end(encodeStatus({ code: 2, message: "refused" }));
  }
}
