import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import type { FuzzCase } from "./fuzz-case.ts";
import type { Heard } from "./heard.ts";
import { piecesOf } from "./pieces-of.ts";

/** Waits until some other requests were answered. */
export type Elsewhere = () => Promise<void>;

/** Sends cases over connections of its own, one at a time; a connection is used again as long as it lives. */
export interface Sender {
  send(one: FuzzCase, elsewhere: Elsewhere): Promise<Heard>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 1_000;

/** A sender of HTTP/1.1 that writes to its sockets itself, so that heads and bodies may be wrong in every way. */
export function createHttpSender(address: string): Sender {
  let connection: Connection | undefined;
  return {
    async send(one, elsewhere) {
      const isOdd = one.door === "raw-http" || one.pace.kind === "reset" || one.pace.kind === "half-close";
      if (isOdd || hasOwnFraming(one)) {
        const own = await openConnection(address);
        const heard = await exchange(own, one, elsewhere);
        own.socket.destroy();
        return heard;
      }
      const reused = connection !== undefined && !connection.isClosing;
      const used = reused && connection !== undefined ? connection : await openConnection(address);
      connection = used;
      const heard = await exchange(used, one, elsewhere);
      // The server may have closed an idle connection at that very moment: every client must expect it.
      if (heard.kind === "closed" && reused && !used.hasAnswered) return this.send(one, elsewhere);
      return heard;
    },
    close: async () => {
      connection?.socket.destroy();
      connection = undefined;
    },
  };
}

interface Connection {
  readonly socket: Socket;
  /** The server said that it will close. */
  isClosing: boolean;
  /** Something was heard since the last request. */
  hasAnswered: boolean;
  readonly closed: Promise<void>;
  onHeard: ((heard: Heard) => void) | undefined;
  received: Buffer;
}

async function openConnection(address: string): Promise<Connection> {
  const url = new URL(`http://${address}`);
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  const connection: Connection = {
    socket,
    isClosing: false,
    hasAnswered: false,
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
    onHeard: undefined,
    received: Buffer.alloc(0),
  };
  const end = (reason: string) => {
    connection.isClosing = true;
    hear(connection, { kind: "closed", reason });
  };
  socket.on("error", (error) => end(error.message));
  socket.on("end", () => end("the server closed"));
  socket.on("close", () => end("closed"));
  socket.on("data", (data) => {
    connection.hasAnswered = true;
    connection.received = Buffer.concat([connection.received, data]);
    takeAnswer(connection);
  });
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
    socket.once("close", () => resolve());
  });
  return connection;
}

function hear(connection: Connection, heard: Heard): void {
  const { onHeard } = connection;
  connection.onHeard = undefined;
  onHeard?.(heard);
}

/** Takes a whole answer out of what was received; interim ones are passed over. */
function takeAnswer(connection: Connection): void {
  const { received } = connection;
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return;
  const head = received.toString("latin1", 0, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  const end = headEnd + 4 + length;
  if (received.length < end) return;
  connection.received = received.subarray(end);
  if (status >= 100 && status < 200) {
    takeAnswer(connection);
    return;
  }
  if (/^connection: close/im.test(head)) connection.isClosing = true;
  hear(connection, { kind: "http", status, retryAfter: /^retry-after:/im.test(head) });
}

/** Ends when the answer was heard and nothing more is written: an early answer must not be followed by another request. */
async function exchange(connection: Connection, one: FuzzCase, elsewhere: Elsewhere): Promise<Heard> {
  const heard = new Promise<Heard>((resolve) => {
    connection.onHeard = resolve;
    connection.hasAnswered = false;
    if (connection.isClosing) hear(connection, { kind: "closed", reason: "closed before" });
  });
  if (one.door === "raw-http") connection.socket.end(one.body);
  else await Promise.race([write(connection.socket, one, elsewhere), connection.closed]);
  return heard;
}

async function write(socket: Socket, one: FuzzCase, elsewhere: Elsewhere): Promise<void> {
  const head = headOf(one);
  const body = isChunked(one) ? inChunks(one.body) : Buffer.from(one.body);
  const { pace } = one;
  if (pace.kind === "whole") socket.write(Buffer.concat([head, body]));
  else if (pace.kind === "pieces") await writePieces(socket, Buffer.concat([head, body]), pace.bytes);
  else {
    const cut = body.subarray(0, pace.cutAt);
    await new Promise<void>((resolve) => socket.write(Buffer.concat([head, cut]), () => resolve()));
    await elsewhere();
    if (pace.kind === "reset") socket.resetAndDestroy();
    else if (pace.kind === "half-close") socket.end();
    else socket.write(body.subarray(pace.cutAt));
  }
}

async function writePieces(socket: Socket, bytes: Buffer, size: number): Promise<void> {
  for (const piece of piecesOf(bytes, size)) {
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
}

function headOf(one: FuzzCase): Buffer {
  const headers = hasOwnFraming(one)
    ? one.headers
    : [...one.headers, ["content-length", String(one.body.length)]];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`${one.method} ${one.path} HTTP/1.1\r\nhost: fuzz\r\n${lines}\r\n`, "latin1");
}

function isChunked(one: FuzzCase): boolean {
  return one.headers.some(([name]) => name === "transfer-encoding");
}

function hasOwnFraming(one: FuzzCase): boolean {
  return isChunked(one) || one.headers.some(([name]) => name === "content-length");
}

function inChunks(body: Uint8Array): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const chunk = body.subarray(at, at + CHUNK_BYTES);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), Buffer.from(chunk), Buffer.from("\r\n"));
  }
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}
