import type { IncomingMessage } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { createGunzip, createInflate, createZstdDecompress } from "node:zlib";

/** A request body that was not read, and what to say of it. */
export interface UnreadableBody {
  readonly problem: "too-large" | "unsupported" | "malformed";
  readonly message: string;
}

const DECODERS: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  zstd: createZstdDecompress,
};

/** Reads and decompresses a body. The limit holds while it decompresses, so that a small bomb does not grow. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | UnreadableBody> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const decoder = encoding === "identity" || encoding === "" ? undefined : DECODERS[encoding];
  if (decoder === undefined && encoding !== "identity" && encoding !== "") {
    return { problem: "unsupported", message: "Content-Encoding must be gzip, deflate, zstd or identity." };
  }
  const tooLarge: UnreadableBody = {
    problem: "too-large",
    message: `The request is larger than ${bytesMax} bytes.`,
  };
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return tooLarge;
  const source = decoder === undefined ? request : pipeline(request, decoder(), () => {});
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > bytesMax) return tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.errored !== null && request.destroyed) throw error;
    return { problem: "malformed", message: `The body is not valid ${encoding}.` };
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes);
}
