import { Buffer } from "node:buffer";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { FuzzCase } from "./fuzz-case.ts";
import type { Heard } from "./heard.ts";
import type { Elsewhere, Sender } from "./http-sender.ts";
import { piecesOf } from "./pieces-of.ts";

/** A connection is given up after so many calls, so that connections come and go. */
const CALLS_PER_CONNECTION = 500;
const NO_CODE = -1;
/** With Node's 10 a client that still holds more of a message than that drops the answer to it. */
const SESSION_MEMORY_MB_MAX = 1_000;

/** A sender of gRPC by hand over node:http2, so that message frames may be wrong in every way. */
export function createGrpcSender(address: string): Sender {
  let session: ClientHttp2Session | undefined;
  let calls = 0;
  const close = async () => {
    const closing = session;
    session = undefined;
    if (closing === undefined || closing.destroyed) return;
    await new Promise<void>((resolve) => {
      closing.once("close", () => resolve());
      closing.destroy();
    });
  };
  const current = () => {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = connect(`http://${address}`, { maxSessionMemory: SESSION_MEMORY_MB_MAX });
    opened.on("error", () => undefined);
    session = opened;
    calls = 0;
    return opened;
  };
  return {
    async send(one, elsewhere) {
      if (one.door === "raw-grpc") return sendRaw(address, one.body);
      const heard = await call(current(), one, elsewhere);
      calls++;
      if (calls >= CALLS_PER_CONNECTION) await close();
      return heard;
    },
    close,
  };
}

function call(session: ClientHttp2Session, one: FuzzCase, elsewhere: Elsewhere): Promise<Heard> {
  return new Promise((resolve) => {
    const stream = session.request({
      ":method": one.method,
      ":path": one.path,
      ...Object.fromEntries(one.headers),
    });
    let httpStatus = 0;
    let code = NO_CODE;
    let details = "";
    const read = (headers: NodeJS.Dict<string | string[] | number>) => {
      const status = headers["grpc-status"];
      if (status !== undefined) code = Number(status);
      details = String(headers["grpc-message"] ?? details);
    };
    stream.on("response", (headers) => {
      httpStatus = Number(headers[":status"]);
      read(headers);
    });
    stream.on("trailers", read);
    stream.on("error", () => undefined);
    // An early answer ends the call for the caller, who then sends no more of the request.
    stream.on("end", () => stream.close(constants.NGHTTP2_CANCEL));
    stream.on("close", () =>
      resolve(
        httpStatus === 0
          ? { kind: "closed", reason: `stream closed (${stream.rstCode})` }
          : { kind: "grpc", httpStatus, code, details },
      ),
    );
    stream.resume();
    void write(stream, one, elsewhere);
  });
}

async function write(
  stream: ClientHttp2Stream,
  { body, pace }: FuzzCase,
  elsewhere: Elsewhere,
): Promise<void> {
  if (pace.kind === "whole") {
    stream.end(body);
    return;
  }
  const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
  /** Also resolves when the stream ends before. */
  const writePart = (part: Uint8Array): Promise<void> =>
    part.length === 0 || !stream.writable
      ? Promise.resolve()
      : Promise.race([closed, new Promise<void>((resolve) => stream.write(part, () => resolve()))]);
  if (pace.kind === "pieces") {
    for (const piece of piecesOf(body, pace.bytes)) await writePart(piece);
    stream.end();
    return;
  }
  await writePart(body.subarray(0, pace.cutAt));
  await elsewhere();
  if (pace.kind === "reset") stream.close(constants.NGHTTP2_CANCEL);
  else if (pace.kind === "half-close") stream.end();
  else stream.end(body.subarray(pace.cutAt));
}

/** Writes bytes to a fresh connection and closes it when the server does, or has heard everything. */
function sendRaw(address: string, body: Uint8Array): Promise<Heard> {
  const url = new URL(`http://${address}`);
  return new Promise((resolve) => {
    const socket = connectSocket({ host: url.hostname, port: Number(url.port) });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve({ kind: "closed", reason: "raw" }));
    socket.resume();
    socket.once("connect", () => socket.end(Buffer.from(body)));
  });
}
