import { constants, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";

/** Why a body is not read. */
export interface Unreadable {
  readonly problem: "malformed" | "unsupported" | "too-large";
}

const DECODERS: Readonly<Record<string, ((body: Uint8Array, bytesMax: number) => Uint8Array) | undefined>> = {
  gzip: (body, maxOutputLength) => gunzipSync(body, { maxOutputLength }),
  "x-gzip": (body, maxOutputLength) => gunzipSync(body, { maxOutputLength }),
  deflate: (body, maxOutputLength) => inflateSync(body, { maxOutputLength, finishFlush: constants.Z_FINISH }),
  zstd: (body, maxOutputLength) => zstdDecompressSync(body, { maxOutputLength }),
};

/** The body behind its Content-Encoding, all at once, where it has at most so many bytes. */
export function readBody(body: Uint8Array, encoding: string, bytesMax: number): Uint8Array | Unreadable {
  if (body.length > bytesMax) return { problem: "too-large" };
  if (encoding === "identity" || encoding === "") return body;
  const decode = DECODERS[encoding];
  if (decode === undefined) return { problem: "unsupported" };
  try {
    return decode(body, bytesMax);
  } catch (error) {
    const isLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return { problem: isLarge ? "too-large" : "malformed" };
  }
}
