import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TrainingError } from "../../processor/learn/training-error.ts";

/** The first bytes of every gzip file (RFC 1952). */
const GZIP = [0x1f, 0x8b] as const;
/** Characters that text does not hold, as a share of the first bytes from which they are no text. */
const STRANGE_MAX = 0.1;
/** Control characters but tab and line ends, and what stands for bytes that are no UTF-8. */
const STRANGE = /(?![\t\n\r])[\p{Cc}\ufffd]/gu;

/**
 * The bytes of a log file, unpacked where it is gzip, in chunks.
 *
 * @throws TrainingError that names the file and why it cannot be read, or that it is no text
 */
export async function* readBytes(path: string): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  try {
    for await (const chunk of await openStream(path)) {
      const bytes = new Uint8Array(chunk);
      if (isFirst) checkIsText(path, bytes);
      isFirst = false;
      yield bytes;
    }
  } catch (cause) {
    throw cause instanceof TrainingError ? cause : unreadable(path, cause);
  }
}

async function openStream(path: string): Promise<Readable> {
  const handle = await open(path, "r");
  const start = new Uint8Array(GZIP.length);
  await handle.read(start, 0, start.length, 0).finally(() => handle.close());
  const source = createReadStream(path);
  if (!GZIP.every((byte, index) => start[index] === byte)) return source;
  // A failure of the one comes out of the other, which is what is read.
  return pipeline(source, createGunzip(), () => undefined);
}

function checkIsText(path: string, bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes, { stream: true });
  const strange = text.match(STRANGE)?.length ?? 0;
  if (strange <= text.length * STRANGE_MAX) return;
  throw new TrainingError(
    `${path} is no text: ${Math.round((strange / text.length) * 100)} % of its first characters are none`,
    "name log files, as text or packed with gzip",
  );
}

function unreadable(path: string, cause: unknown): TrainingError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new TrainingError(
    code.startsWith("Z_") ? `${path} is no whole gzip file (${code})` : `${path}: cannot be read (${code})`,
    "check the path, its permissions and that it is whole",
    { cause },
  );
}
