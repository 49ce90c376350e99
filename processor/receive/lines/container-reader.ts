import type { ContainerEntry } from "./container.ts";
import { parseJson } from "./json.ts";
import type { LineReader } from "./line-reader.ts";
import { createMultiline, type MultilineLimits } from "./multiline.ts";
import type { ParsedLine } from "./parsed-line.ts";
import { parsePlain } from "./plain.ts";

interface Wrapped extends ContainerEntry {
  readonly source: string;
}

/** A reader of what `unwrap` takes out of its envelope; each stream has its own lines, in order. Other lines are plain text. */
export function createContainerReader(
  unwrap: (line: string) => ContainerEntry | undefined,
  now: () => number,
  limits: MultilineLimits,
): LineReader {
  const stdout = createEntryJoiner(now, limits);
  const stderr = createEntryJoiner(now, limits);
  const flush = () => [...stdout.flush(), ...stderr.flush()];
  return {
    push(line) {
      const entry = unwrap(line);
      if (entry !== undefined)
        return (entry.stream === "stderr" ? stderr : stdout).push({ ...entry, source: line });
      return line.trim() === "" ? [] : [...flush(), parsePlain(line, now())];
    },
    flush,
  };
}

/** Joins the parts of one stream into lines, and lines into records. */
function createEntryJoiner(now: () => number, limits: MultilineLimits) {
  const multiline = createMultiline<Wrapped>(({ text }) => text, limits);
  let parts: Wrapped[] = [];
  let characters = 0;

  const record = (entries: readonly Wrapped[] | undefined): readonly ParsedLine[] => {
    const [first] = entries ?? [];
    return entries === undefined || first === undefined ? [] : [readWrapped(first, entries, now())];
  };
  const pushWhole = (): readonly ParsedLine[] => {
    const [first] = parts;
    if (first === undefined) return [];
    const whole = {
      ...first,
      text: parts.map(({ text }) => text).join(""),
      source: parts.map(({ source }) => source).join("\n"),
    };
    parts = [];
    characters = 0;
    return record(multiline.push(whole));
  };
  return {
    push(entry: Wrapped): readonly ParsedLine[] {
      parts.push(entry);
      characters += entry.text.length;
      const isFull = characters >= limits.charactersMax || parts.length >= limits.linesMax;
      return entry.isPartial && !isFull ? [] : pushWhole();
    },
    flush: (): readonly ParsedLine[] => [...pushWhole(), ...record(multiline.flush())],
  };
}

/** The time is the runtime's, which has a zone and is never missing; the rest is the text's. */
function readWrapped(first: Wrapped, entries: readonly Wrapped[], nowMs: number): ParsedLine {
  const text = entries.map((entry) => entry.text).join("\n");
  const inner = parseJson(text, nowMs) ?? parsePlain(text, nowMs);
  return {
    ...inner,
    source: entries.map(({ source }) => source).join("\n"),
    timeUnixNano: first.timeUnixNano ?? inner.timeUnixNano,
    attributes: { ...inner.attributes, "log.iostream": first.stream },
  };
}
