import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { frameOf } from "../../processor/grpc/frame.ts";

/** A bare HTTP/2 server, for answers that no library gives. */
export interface RawNextHop {
  /** host:port */
  readonly address: string;
  /** Messages that came in, without what stands before them. */
  readonly received: Buffer[];
  readonly sessions: ServerHttp2Session[];
  close(): Promise<void>;
}

/**
 * @param onCall answers when the whole call is there; `call` counts from 1
 * @param onStream may end a call before
 */
export async function startRawNextHop(
  onCall: (stream: ServerHttp2Stream, call: number) => void,
  onStream: (stream: ServerHttp2Stream, call: number, headers: IncomingHttpHeaders) => boolean = () => false,
): Promise<RawNextHop> {
  const received: Buffer[] = [];
  const sessions: ServerHttp2Session[] = [];
  let streams = 0;
  const server = createServer();
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    streams += 1;
    if (onStream(stream, streams, headers)) return;
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      received.push(Buffer.concat(chunks).subarray(5));
      onCall(stream, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  return {
    address: `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`,
    received,
    sessions,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

/** An answer as a server gives it: headers, a message, trailers. */
export function answerOk(
  stream: ServerHttp2Stream,
  frame: Buffer = frameOf(new Uint8Array(0)),
  headers: object = {},
): void {
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", ...headers },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(frame);
}
