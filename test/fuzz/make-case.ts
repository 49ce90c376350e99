import { Buffer } from "node:buffer";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { FuzzCase, Pace } from "./fuzz-case.ts";
import { generateRequest } from "./generate-request.ts";
import { rawGrpc, rawHttp } from "./make-raw.ts";
import { jsonOf, mutateJson } from "./mutate-json.ts";
import { mutateRequest } from "./mutate-protobuf.ts";
import { type Random, randomOf } from "./random.ts";
import { encodeNodes } from "./wire-tree.ts";

const EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const ENCODERS: Readonly<Record<string, (body: Uint8Array) => Buffer>> = {
  gzip: (body) => gzipSync(body, { level: 1 }),
  deflate: (body) => deflateSync(body, { level: 1 }),
  zstd: (body) => zstdCompressSync(body),
};
/** Zeros that shrink to a thousandth: beyond what the fuzzed stage takes. */
const BOMB_BYTES = 1.5 * 1024 * 1024;
/** Beyond every window of HTTP/2 besides, and beyond what a sender's socket takes before it is read. */
const HUGE_BYTES = 40 * 1024 * 1024;

/** Case `number` of the campaign `seed`: the same with the same Node. About a third are valid requests. */
export function makeCase(seed: number, number: number): FuzzCase {
  const random = randomOf(seed, number);
  const id = `${seed}-${number}`;
  const roll = random.next();
  if (roll < 0.01) return rawHttp(random);
  if (roll < 0.02) return rawGrpc(random);
  return roll < 0.52 ? grpcCase(random, id) : httpCase(random, id);
}

interface Payload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function protobufPayload(random: Random, id: string): Payload {
  const nodes = generateRequest(random, id);
  return random.chance(0.35) ? { name: "valid", bytes: encodeNodes(nodes) } : mutateRequest(random, nodes);
}

function jsonPayload(random: Random, id: string): Payload {
  const json = jsonOf(encodeNodes(generateRequest(random, id)));
  return random.chance(0.35)
    ? { name: "valid JSON", bytes: Buffer.from(JSON.stringify(json)) }
    : mutateJson(random, json);
}

function httpCase(random: Random, id: string): FuzzCase {
  const isJson = random.chance(0.2);
  const payload = isJson ? jsonPayload(random, id) : protobufPayload(random, id);
  const encoded = encode(random, payload, ["gzip", "deflate", "zstd"]);
  const headers: [string, string][] = [["content-type", isJson ? JSON_TYPE : PROTOBUF]];
  if (encoded.encoding !== undefined) headers.push(["content-encoding", encoded.encoding]);
  const whole: FuzzCase = {
    name: encoded.name,
    door: "http",
    method: "POST",
    path: "/v1/logs",
    headers,
    body: encoded.bytes,
    pace: paceOf(random, encoded.bytes.length),
  };
  return random.chance(0.1) ? withOddHead(random, whole) : whole;
}

/** A head that differs from the usual one in one point. */
function withOddHead(random: Random, one: FuzzCase): FuzzCase {
  const rest = one.headers.filter(([name]) => name !== "content-type");
  const withHeader = (name: string, value: string): FuzzCase => ({
    ...one,
    headers: [...one.headers.filter(([own]) => own !== name), [name, value]],
  });
  switch (random.below(9)) {
    case 0:
      return { ...one, name: `${one.name}; no content-type`, headers: rest };
    case 1: {
      const type = random.pick([
        "text/plain",
        "application/grpc",
        "APPLICATION/X-PROTOBUF",
        `${PROTOBUF}; v=1`,
        ";",
        "application/json",
      ]);
      return { ...one, name: `${one.name}; ${type}`, headers: [...rest, ["content-type", type]] };
    }
    case 2:
      return {
        ...one,
        name: `${one.name}; method`,
        method: random.pick(["GET", "PUT", "DELETE", "OPTIONS"]),
      };
    case 3:
      return {
        ...one,
        name: `${one.name}; path`,
        path: random.pick(["/", "/v1/logs?x=1", "/v1/traces", "//v1/logs", "/v1/logs/", "/%761/logs"]),
      };
    case 4: {
      const encoding = random.pick(["br", "gzip, gzip", "snappy", "", "identity", "GZIP", "x-gzip", "zstd"]);
      return { ...withHeader("content-encoding", encoding), name: `${one.name}; encoding ${encoding}` };
    }
    case 5: {
      const short = String(random.below(one.body.length + 1));
      return {
        ...withHeader("content-length", short),
        name: `${one.name}; length too short`,
        pace: { kind: "whole" },
      };
    }
    case 6: {
      const long = withHeader("content-length", String(one.body.length + 1 + random.below(1_000)));
      return {
        ...long,
        name: `${one.name}; length too long`,
        pace: { kind: "half-close", cutAt: Math.max(0, one.body.length - 1) },
      };
    }
    case 7:
      return { ...withHeader("expect", "100-continue"), name: `${one.name}; expect` };
    default:
      return {
        ...withHeader("transfer-encoding", "chunked"),
        name: `${one.name}; chunked`,
        pace: { kind: "whole" },
      };
  }
}

function grpcCase(random: Random, id: string): FuzzCase {
  const encoded = encode(random, protobufPayload(random, id), ["gzip", "deflate"]);
  const headers: [string, string][] = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  if (encoded.encoding !== undefined) headers.push(["grpc-encoding", encoded.encoding]);
  const body = frame(encoded.bytes, encoded.encoding === undefined ? 0 : 1);
  const whole: FuzzCase = {
    name: encoded.name,
    door: "grpc",
    method: "POST",
    path: EXPORT,
    headers,
    body,
    pace: paceOf(random, body.length),
  };
  return random.chance(0.1) ? withOddFrames(random, whole) : whole;
}

/** Message frames or headers that differ from the usual ones in one point. */
function withOddFrames(random: Random, one: FuzzCase): FuzzCase {
  const body = Buffer.from(one.body);
  const named = (name: string, changes: Partial<FuzzCase>): FuzzCase => ({
    ...one,
    name: `${one.name}; ${name}`,
    pace: { kind: "whole" },
    ...changes,
  });
  switch (random.below(9)) {
    case 0:
      return named("no message", { body: Buffer.alloc(0) });
    case 1:
      return named("two messages", { body: Buffer.concat([body, frame(random.bytes(random.below(9)), 0)]) });
    case 2: {
      const delta = random.pick([-2, -1, 1, 2, 1_000, 2 ** 31]);
      body.writeUInt32BE(Math.min(2 ** 32 - 1, Math.max(0, body.length - 5 + delta)), 1);
      return named("length prefix", { body });
    }
    case 3:
      body[0] = random.pick([0, 1, 2, 3, 255]);
      return named(`flag ${body[0]}`, { body });
    case 4:
      return named("part of a prefix", { body: body.subarray(0, random.below(5)) });
    case 5:
      return named("garbage behind", { body: Buffer.concat([body, random.bytes(1 + random.below(4))]) });
    case 6:
      return named("method", {
        path: random.pick([`${EXPORT}2`, "/", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"]),
      });
    case 7: {
      const encoding = random.pick(["snappy", "zstd", "br", "identity"]);
      return named(`encoding ${encoding}`, {
        headers: [...one.headers.filter(([name]) => name !== "grpc-encoding"), ["grpc-encoding", encoding]],
      });
    }
    default: {
      const type = random.pick(["application/json", "text/plain", "application/grpc+proto"]);
      return named(type, { headers: [["content-type", type], ...one.headers.slice(1)] });
    }
  }
}

function frame(message: Uint8Array, flag: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

interface Encoded extends Payload {
  readonly encoding: string | undefined;
}

/** Compresses some payloads, damages some of those, and turns a few into bombs or into something too large. */
function encode(random: Random, payload: Payload, encodings: readonly [string, ...string[]]): Encoded {
  if (random.chance(0.0005)) {
    const bytes = Buffer.alloc(random.pick([BOMB_BYTES, BOMB_BYTES, BOMB_BYTES, HUGE_BYTES]));
    return { name: "too large", bytes, encoding: undefined };
  }
  if (!random.chance(0.12)) return { ...payload, encoding: undefined };
  const encoding = random.pick(encodings);
  const isBomb = random.chance(0.01);
  const compressed =
    ENCODERS[encoding]?.(isBomb ? Buffer.alloc(BOMB_BYTES) : payload.bytes) ?? Buffer.alloc(0);
  const name = isBomb ? `${encoding} bomb` : `${payload.name}; ${encoding}`;
  if (!random.chance(0.3)) return { name, bytes: compressed, encoding };
  return { name: `${name} damaged`, bytes: damaged(random, compressed), encoding };
}

function damaged(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  if (random.chance(0.4)) return bytes.subarray(0, at);
  if (random.chance(0.3)) return Buffer.concat([bytes, random.bytes(1 + random.below(20))]);
  const copy = Buffer.from(bytes);
  copy[at] = random.below(256);
  return copy;
}

function paceOf(random: Random, length: number): Pace {
  const cutAt = random.below(length + 1);
  const roll = random.next();
  if (roll < 0.92) return { kind: "whole" };
  if (roll < 0.95) return { kind: "pieces", bytes: 1 + random.below(1 + Math.ceil(length / 20)) };
  if (roll < 0.97) return { kind: "stall", cutAt };
  return { kind: roll < 0.985 ? "half-close" : "reset", cutAt };
}
