import { parseCri, parseDocker } from "./container.ts";
import { createContainerReader } from "./container-reader.ts";
import { detectFormat } from "./detect-format.ts";
import { parseJson } from "./json.ts";
import type { LineReader } from "./line-reader.ts";
import { createMultiline, type MultilineLimits } from "./multiline.ts";
import type { KnownFormat, LineFormat, ParsedLine } from "./parsed-line.ts";
import { parsePlain } from "./plain.ts";
import { parseSyslog } from "./syslog.ts";

/** How lines are read. */
export interface LineReaderOptions {
  readonly format: LineFormat;
  /** Milliseconds since the epoch: tells the year of times without one. */
  readonly now: () => number;
  readonly limits?: MultilineLimits;
}

/** 500 lines or 64 Ki characters a record: the deepest stack traces fit. */
const LIMITS: MultilineLimits = { linesMax: 500, charactersMax: 65_536 };
/** Lines that an unnamed format is found from. */
const SAMPLED_LINES = 20;

/**
 * A reader for one source. With "auto" the format is found from the first 20 lines, or from those there are at a flush; it is
 * settled once 20 lines were seen.
 */
export function createLineReader({ format, now, limits = LIMITS }: LineReaderOptions): LineReader {
  const readers = new Map<KnownFormat, LineReader>();
  const readerOf = (known: KnownFormat) => {
    const reader = readers.get(known) ?? createReader(known, now, limits);
    readers.set(known, reader);
    return reader;
  };
  if (format !== "auto") return readerOf(format);

  const sample: string[] = [];
  let held: string[] = [];
  let settled: LineReader | undefined;
  const release = () => {
    const reader = readerOf(detectFormat(sample));
    const records = held.flatMap((line) => reader.push(line));
    held = [];
    return { reader, records };
  };
  return {
    push(line) {
      if (settled !== undefined) return settled.push(line);
      sample.push(line);
      held.push(line);
      if (sample.length < SAMPLED_LINES) return [];
      const { reader, records } = release();
      settled = reader;
      return records;
    },
    flush() {
      if (settled !== undefined) return settled.flush();
      const { reader, records } = release();
      return [...records, ...reader.flush()];
    },
  };
}

function createReader(format: KnownFormat, now: () => number, limits: MultilineLimits): LineReader {
  switch (format) {
    case "plain":
      return createTextReader(now, limits, parsePlain);
    case "syslog":
      return createTextReader(
        now,
        limits,
        (text, nowMs) => parseSyslog(text, nowMs) ?? parsePlain(text, nowMs),
      );
    case "json":
      return createJsonReader(now, limits);
    case "cri":
      return createContainerReader(parseCri, now, limits);
    case "docker":
      return createContainerReader(parseDocker, now, limits);
  }
}

function createTextReader(
  now: () => number,
  limits: MultilineLimits,
  parse: (text: string, nowMs: number) => ParsedLine,
): LineReader {
  const multiline = createMultiline<string>((line) => line, limits);
  const read = (lines: readonly string[] | undefined) =>
    lines === undefined ? [] : [parse(lines.join("\n"), now())];
  return { push: (line) => read(multiline.push(line)), flush: () => read(multiline.flush()) };
}

/** Lines that are no JSON, such as the stack trace of a crash, are read as plain text. */
function createJsonReader(now: () => number, limits: MultilineLimits): LineReader {
  const text = createTextReader(now, limits, parsePlain);
  return {
    push(line) {
      const record = parseJson(line, now());
      return record === undefined ? text.push(line) : [...text.flush(), record];
    },
    flush: text.flush,
  };
}
