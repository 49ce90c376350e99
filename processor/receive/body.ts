import type { IncomingMessage } from "node:http";
import type { Readable, Transform } from "node:stream";
import { createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Reservation } from "./limits.ts";

/** A request body that was not read to its end, and what to say of it. */
export interface UnreadableBody {
  readonly problem: "too-large" | "overloaded" | "unsupported" | "malformed";
  readonly message: string;
}

/** What a body may take. */
export interface BodyLimits {
  /** After decompression. */
  readonly bytesMax: number;
  /** Grows with the body. */
  readonly reservation: Reservation;
}

const DECODERS: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  zstd: createZstdDecompress,
};

/**
 * Reads and decompresses a body. The limits hold while it decompresses, so that a small bomb does not grow.
 * What is not read of it stays with the request, whose connection lives on: discard it (`resume`) after the answer.
 * Rejects when the sender goes away in the middle.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<Buffer | UnreadableBody> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const isPlain = encoding === "identity" || encoding === "";
  const decoder = isPlain ? undefined : DECODERS[encoding]?.();
  if (decoder === undefined && !isPlain) {
    return { problem: "unsupported", message: "Content-Encoding must be gzip, deflate, zstd or identity." };
  }
  if (Number(request.headers["content-length"] ?? 0) > limits.bytesMax) return tooLarge(limits.bytesMax);
  try {
    return await collect(decoder === undefined ? request : decoded(request, decoder), limits);
  } catch (error) {
    if (request.errored !== null) throw error;
    return { problem: "malformed", message: "The body does not have the Content-Encoding that it names." };
  } finally {
    request.unpipe();
    decoder?.destroy();
  }
}

/** No `pipeline`: it would end the connection together with the decoder, before anybody is told why. */
function decoded(request: IncomingMessage, decoder: Transform): Transform {
  request.once("error", (error) => decoder.destroy(error));
  return request.pipe(decoder);
}

/** The whole stream, or the limit that it broke. */
async function collect(
  source: Readable,
  { bytesMax, reservation }: BodyLimits,
): Promise<Buffer | UnreadableBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > bytesMax) return tooLarge(bytesMax);
    if (!reservation.grow(chunk.length)) return { problem: "overloaded", message: "" };
    chunks.push(chunk);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}

function tooLarge(bytesMax: number): UnreadableBody {
  return { problem: "too-large", message: `The request is larger than ${bytesMax} bytes.` };
}
