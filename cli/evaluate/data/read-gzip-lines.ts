import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { createLineSplitter } from "../../lines/split-lines.ts";
import { dataError } from "./data-error.ts";

/**
 * Hands over the lines of a packed file one by one, without holding the whole of it.
 *
 * @param file relative to the data directory
 * @param onLine lines are counted from 1
 * @throws UsageError that names the file, the line where there is one, and the remedy
 */
export async function readGzipLines(
  directory: string,
  file: string,
  onLine: (text: string, line: number) => void,
): Promise<void> {
  const splitter = createLineSplitter();
  let line = 0;
  try {
    await pipeline(
      createReadStream(join(directory, file)),
      createGunzip(),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) for (const text of splitter.push(chunk)) onLine(text, ++line);
        for (const text of splitter.flush()) onLine(text, ++line);
      },
    );
  } catch (error) {
    throw readable(error, join(directory, file), line);
  }
  if (line === 0) throw dataError(join(directory, file), undefined, "is empty");
}

function readable(error: unknown, path: string, line: number): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ENOENT") return dataError(path, undefined, "is missing");
  if (String(error.code).startsWith("Z_"))
    return dataError(path, line + 1, `is no whole gzip file (${error.message})`);
  return dataError(path, undefined, `cannot be read (${String(error.code)})`);
}
