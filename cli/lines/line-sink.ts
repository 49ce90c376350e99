import type { LineBatch } from "../../processor/receive/lines/to-resources.ts";

/** Where records read from text go. */
export interface LineSink {
  /** Resolves when the records are safe, or are given up for good; the next batch comes only then. */
  send(batch: LineBatch): Promise<void>;
  /** Ends the work; the exit code says whether all was delivered. */
  close(): Promise<0 | 1>;
}
