import type { Transform } from "node:stream";
import {
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import type { Reservation } from "./limits.ts";

/** How a body may be compressed. */
export type Encoding = "identity" | "gzip" | "deflate" | "zstd";

/** Below it, unpacking at once is cheaper than the way to another thread and back. */
export const SMALL_BYTES = 16 * 1024;
/** What unpacking at once may give: about a tenth of a millisecond of this thread. */
const SMALL_OUTPUT_BYTES = 256 * 1024;
/** With Node's 16 KiB a request of 1,000 records comes in a dozen pieces and more. */
const CHUNK_BYTES = 64 * 1024;

/** A stream that unpacks. */
export function createDecoder(encoding: Exclude<Encoding, "identity">): Transform {
  switch (encoding) {
    case "gzip":
      return createGunzip({ chunkSize: CHUNK_BYTES });
    case "deflate":
      return createInflate({ chunkSize: CHUNK_BYTES });
    case "zstd":
      return createZstdDecompress({ chunkSize: CHUNK_BYTES });
  }
}

/**
 * Unpacks a body that is there as a whole. The limits hold while it does, so that a small bomb does not grow. Rejects when
 * the bytes do not have the encoding.
 */
export async function decompress(
  bytes: Uint8Array,
  encoding: Exclude<Encoding, "identity">,
  limits: { readonly bytesMax: number; readonly reservation: Reservation },
): Promise<Buffer | "too-large" | "overloaded"> {
  if (bytes.length <= SMALL_BYTES) {
    const small = unpackSmall(bytes, encoding);
    if (small !== undefined) {
      if (small.length > limits.bytesMax) return "too-large";
      return limits.reservation.grow(small.length) ? small : "overloaded";
    }
  }
  const decoder = createDecoder(encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  decoder.end(bytes);
  for await (const chunk of decoder) {
    size += chunk.length;
    if (size > limits.bytesMax) return "too-large";
    if (!limits.reservation.grow(chunk.length)) return "overloaded";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Undefined when it would become large. */
function unpackSmall(bytes: Uint8Array, encoding: Exclude<Encoding, "identity">): Buffer | undefined {
  const options = { maxOutputLength: SMALL_OUTPUT_BYTES };
  try {
    switch (encoding) {
      case "gzip":
        return gunzipSync(bytes, options);
      case "deflate":
        return inflateSync(bytes, options);
      case "zstd":
        return zstdDecompressSync(bytes, options);
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
