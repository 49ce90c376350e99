import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { jsonToProtobuf } from "../../processor/wire/json.ts";

/** A file is no capture, or one of its messages is no request. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}

const NEWLINE = 0x0a;
const BRACE = 0x7b;
const LENGTH_BYTES = 4;
/** No request that a stage takes by default is larger. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
const ZSTD_MAGIC = 0x28b52ffd;

/** The files of a capture: itself, or all files of a directory by name, which is the order of the Collector's rotated ones. */
export function captureFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(path, entry.name))
    .toSorted();
}

/**
 * Every request of a file, as protobuf: lines of OTLP/JSON, or messages with their length before them (four bytes, big-endian),
 * protobuf or JSON, each of which may be compressed by zstd. That is what the Collector's file exporter writes.
 *
 * @throws CaptureError naming the file and the number of the message
 */
export async function* readCapture(file: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  let isLines: boolean | undefined;
  let number = 0;
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk]);
    isLines ??= rest[0] === BRACE;
    for (
      let next = takeMessage(rest, isLines, file);
      next !== undefined;
      next = takeMessage(rest, isLines, file)
    ) {
      rest = next.rest;
      number++;
      if (next.message.length > 0 || !isLines) yield requestOf(next.message, file, number);
    }
  }
  if (rest.length === 0) return;
  if (isLines !== true) throw new CaptureError(`${file}: ends within message ${number + 1}`);
  yield requestOf(rest, file, number + 1);
}

function takeMessage(
  bytes: Buffer,
  isLines: boolean,
  file: string,
): { readonly message: Buffer; readonly rest: Buffer } | undefined {
  if (isLines) {
    const end = bytes.indexOf(NEWLINE);
    return end < 0 ? undefined : { message: bytes.subarray(0, end), rest: bytes.subarray(end + 1) };
  }
  if (bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + bytes.readUInt32BE(0);
  if (end > MESSAGE_BYTES_MAX)
    throw new CaptureError(`${file}: neither lines of JSON nor messages with their length before them`);
  return bytes.length < end
    ? undefined
    : { message: bytes.subarray(LENGTH_BYTES, end), rest: bytes.subarray(end) };
}

function requestOf(message: Buffer, file: string, number: number): Uint8Array {
  try {
    const isZstd = message.length >= LENGTH_BYTES && message.readUInt32BE(0) === ZSTD_MAGIC;
    const plain = isZstd ? zstdDecompressSync(message, { maxOutputLength: MESSAGE_BYTES_MAX }) : message;
    return plain[0] === BRACE ? jsonToProtobuf(plain) : plain;
  } catch (error) {
    throw new CaptureError(
      `${file}, message ${number}: ${error instanceof Error ? error.message : "unreadable"}`,
    );
  }
}
