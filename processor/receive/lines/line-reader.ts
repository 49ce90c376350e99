import type { ParsedLine } from "./parsed-line.ts";

/** Turns the lines of one source into records, in order. */
export interface LineReader {
  /** The records that this line has completed. */
  push(line: string): readonly ParsedLine[];
  /** The records that were waiting for more lines: call it when the source is idle or at its end. */
  flush(): readonly ParsedLine[];
}
