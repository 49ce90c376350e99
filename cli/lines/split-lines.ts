import { Buffer } from "node:buffer";

/** Cuts chunks of bytes into lines. */
export interface LineSplitter {
  /** The lines that the chunk has completed, without their line ends. */
  push(chunk: Uint8Array): readonly string[];
  /** The last line, where it has no line end. */
  flush(): readonly string[];
}

/** Longest line that is kept whole; a longer one goes on in the next record. */
const LINE_BYTES_MAX = 1_048_576;
const LF = 0x0a;
const CR = 0x0d;

/**
 * A splitter at "\n" and "\r\n". Bytes that are no UTF-8 become U+FFFD; a byte order mark at the begin of a line is left out.
 * A line over the limit is cut in pieces, at the border of a character, so that nothing is lost and memory stays bounded.
 */
export function createLineSplitter(lineBytesMax = LINE_BYTES_MAX): LineSplitter {
  const decoder = new TextDecoder("utf-8");
  let parts: Uint8Array[] = [];
  let partBytes = 0;

  const take = () => {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    parts = [];
    partBytes = 0;
    return line;
  };
  const keep = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    parts.push(bytes);
    partBytes += bytes.length;
  };
  /** Whole pieces of a line that is too long; the rest is kept. */
  const cut = function* (): Generator<string> {
    while (partBytes > lineBytesMax) {
      const line = take();
      const end = characterBorder(line, lineBytesMax);
      yield decoder.decode(line.subarray(0, end));
      keep(line.subarray(end));
    }
  };
  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
        keep(chunk.subarray(start, end));
        lines.push(...cut(), decoder.decode(withoutCr(take())));
        start = end + 1;
      }
      // A copy: the caller may use its buffer again (and slice() of a Buffer is none).
      keep(new Uint8Array(chunk.subarray(start)));
      lines.push(...cut());
      return lines;
    },
    flush() {
      return partBytes === 0 ? [] : [decoder.decode(withoutCr(take()))];
    },
  };
}

function withoutCr(line: Uint8Array): Uint8Array {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}

/** The last border between characters at or before `at`; `at` itself where the bytes are no UTF-8. */
function characterBorder(bytes: Uint8Array, at: number): number {
  for (let border = at; border > at - 4 && border > 0; border -= 1) {
    const byte = bytes[border] ?? 0;
    if ((byte & 0xc0) !== 0x80) return border;
  }
  return at;
}
