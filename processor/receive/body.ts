import type { IncomingMessage } from "node:http";
import type { Readable, Transform } from "node:stream";
import { createDecoder, decompress, type Encoding, SMALL_BYTES } from "./decompress.ts";
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

/** A map, because `constructor` and the like are no encodings but are found in every object. */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ["", "identity"],
  ["identity", "identity"],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["zstd", "zstd"],
]);

/**
 * Reads and decompresses a body. The limits hold while it decompresses, so that a small bomb does not grow.
 * What is not read of it stays with the request, whose connection lives on: discard it (`resume`) after the answer.
 * Rejects when the sender goes away in the middle.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<Buffer | UnreadableBody> {
  const encoding = encodingOf(request);
  if (encoding === undefined) {
    return { problem: "unsupported", message: "Content-Encoding must be gzip, deflate, zstd or identity." };
  }
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (length > limits.bytesMax) return tooLarge(limits.bytesMax);
  if (encoding === "identity") return collect(request, limits);
  // What is still to be unpacked then is not its sender's to hold up.
  request.once("end", () => limits.reservation.arrived());
  const isSmall = length <= SMALL_BYTES;
  const decoder = isSmall ? undefined : createDecoder(encoding);
  try {
    if (decoder !== undefined) return await collect(decoded(request, decoder), limits);
    return await unpack(await collect(request, limits), encoding, limits);
  } catch (error) {
    if (request.errored !== null) throw error;
    return { problem: "malformed", message: "The body does not have the Content-Encoding that it names." };
  } finally {
    request.unpipe();
    decoder?.destroy();
  }
}

async function unpack(
  body: Buffer | UnreadableBody,
  encoding: Exclude<Encoding, "identity">,
  limits: BodyLimits,
): Promise<Buffer | UnreadableBody> {
  if ("problem" in body) return body;
  const unpacked = await decompress(body, encoding, limits);
  if (unpacked === "too-large") return tooLarge(limits.bytesMax);
  return unpacked === "overloaded" ? { problem: "overloaded", message: "" } : unpacked;
}

/** No `pipeline`: it would end the connection together with the decoder, before anybody is told why. */
function decoded(request: IncomingMessage, decoder: Transform): Transform {
  request.once("error", (error) => decoder.destroy(error));
  return request.pipe(decoder);
}

/** The whole stream, or the limit that it broke. By its events: an iterator costs a small request more than its bytes do. */
function collect(source: Readable, { bytesMax, reservation }: BodyLimits): Promise<Buffer | UnreadableBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (problem: UnreadableBody) => {
      source.off("data", take).pause();
      resolve(problem);
    };
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) stop(tooLarge(bytesMax));
      else if (reservation.grow(chunk.length)) chunks.push(chunk);
      else stop({ problem: "overloaded", message: "" });
    };
    source
      .on("data", take)
      .once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)))
      .on("error", reject);
  });
}

function encodingOf({ headers }: IncomingMessage): Encoding | undefined {
  const value = headers["content-encoding"];
  return value === undefined ? "identity" : ENCODINGS.get(value.trim().toLowerCase());
}

function tooLarge(bytesMax: number): UnreadableBody {
  return { problem: "too-large", message: `The request is larger than ${bytesMax} bytes.` };
}
