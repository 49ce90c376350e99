import { Buffer } from "node:buffer";
import type { FuzzCase } from "./fuzz-case.ts";
import type { Random } from "./random.ts";

/** No part of it is a request with records, however a door cuts it. */
const NO_REQUEST = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]);

/** Bytes for a connection to the HTTP door: a head that is broken in some way, or chunks that are. */
export function rawHttp(random: Random): FuzzCase {
  const lines = [
    "POST /v1/logs HTTP/1.1",
    "host: fuzz",
    "content-type: application/x-protobuf",
    random.pick([
      `content-length: ${NO_REQUEST.length}`,
      "content-length: -1",
      "content-length: 99999999999999999999",
      "content-length: 6, 6",
      "transfer-encoding: chunked",
      "transfer-encoding: gzip, chunked\r\ncontent-length: 6",
      `x: ${"y".repeat(random.pick([10, 20_000]))}`,
      "x",
      ": x",
      "x : y",
    ]),
  ];
  if (random.chance(0.3))
    lines[0] = random.pick([
      "POST /v1/logs",
      "GET / HTTP/9.9",
      "\u0000\u0000",
      "PRI * HTTP/2.0",
      "POST  /v1/logs  HTTP/1.1",
    ]);
  const body = random.pick([
    NO_REQUEST,
    Buffer.from("6\r\n\n\n\n\n\n\n\r\n0\r\n\r\n"),
    Buffer.from("ffffffffffffffff\r\n"),
    Buffer.from("zz\r\n"),
  ]);
  return raw(
    "raw-http",
    "raw head",
    damaged(random, Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body])),
  );
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Bytes for a connection to the gRPC door: HTTP/2 frames that are broken in some way. */
export function rawGrpc(random: Random): FuzzCase {
  const frames: Buffer[] = [h2Frame(4, 0, 0, Buffer.alloc(0))];
  for (let i = 1 + random.below(6); i > 0; i--)
    frames.push(
      h2Frame(
        random.below(12),
        random.below(256),
        random.pick([0, 1, 1, 2, 3, 2 ** 31 - 1]),
        random.bytes(random.pick([0, 4, 5, 6, 8, 40])),
      ),
    );
  const preface = random.chance(0.1) ? PREFACE.subarray(0, random.below(PREFACE.length)) : PREFACE;
  return raw("raw-grpc", "raw HTTP/2 frames", damaged(random, Buffer.concat([preface, ...frames])));
}

function h2Frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function damaged(random: Random, bytes: Buffer): Buffer {
  if (random.chance(0.5)) bytes[random.below(bytes.length)] = random.below(256);
  return random.chance(0.2) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

function raw(door: "raw-grpc" | "raw-http", name: string, body: Buffer): FuzzCase {
  return { name, door, method: "", path: "", headers: [], body, pace: { kind: "whole" } };
}
