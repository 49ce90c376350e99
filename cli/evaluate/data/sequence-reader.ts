import { join } from "node:path";
import { dataError } from "./data-error.ts";

/** Which event ids a file may hold. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** Turns "5 5 22" into template indexes; equal texts give the same array. */
export interface SequenceReader {
  /** @throws UsageError that names the file and the line */
  read(text: string, file: string, line: number): readonly number[];
}

/** A reader of event sequences with ids from `first` (template 0) to `last`. */
export function createSequenceReader(directory: string, { first, last }: IdRange): SequenceReader {
  const known = new Map<string, readonly number[]>();
  return {
    read(text, file, line) {
      const trimmed = text.trim();
      const seen = known.get(trimmed);
      if (seen !== undefined) return seen;
      const events = trimmed.split(" ").map((word) => {
        const id = /^\d+$/.test(word) ? Number(word) : Number.NaN;
        if (id >= first && id <= last) return id - first;
        const path = join(directory, file);
        throw dataError(path, line, `"${word.slice(0, 40)}" is no event id from ${first} to ${last}`);
      });
      known.set(trimmed, events);
      return events;
    },
  };
}
