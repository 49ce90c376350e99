import type { ParsedLine } from "../../processor/receive/lines/parsed-line.ts";

/** Records of one source, in order. */
export interface LineBatch {
  /** For records that name no service themselves. */
  readonly service: string;
  /** Path of the file; undefined for standard input. */
  readonly file: string | undefined;
  readonly lines: readonly ParsedLine[];
}

/** Where records read from text go. */
export interface LineSink {
  /** Resolves when the records are safe, or are given up for good; the next batch comes only then. */
  send(batch: LineBatch): Promise<void>;
  /** Ends the work; the exit code says whether all was delivered. */
  close(): Promise<0 | 1>;
}
