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
  const isPlain = encoding === "identity" || encoding === "";
  const decoder = isPlain ? undefined : DECODERS[encoding];
  if (decoder === undefined && !isPlain) {
    return { problem: "unsupported", message: "Content-Encoding must be gzip, deflate, zstd or identity." };
  }
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return tooLarge(bytesMax);
  const source = decoder === undefined ? request : pipeline(request, decoder(), () => {});
  try {
    return (await collect(source, bytesMax)) ?? tooLarge(bytesMax);
  } catch (error) {
    if (request.errored !== null) throw error;
    return { problem: "malformed", message: "The body does not have the Content-Encoding that it names." };
  }
}

/** The whole stream; undefined when it is longer than `bytesMax`. */
async function collect(source: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes);
}

function tooLarge(bytesMax: number): UnreadableBody {
  return { problem: "too-large", message: `The request is larger than ${bytesMax} bytes.` };
}
