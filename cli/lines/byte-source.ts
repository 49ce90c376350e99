/** What a look at a source has given. */
export interface Poll {
  /** New bytes, in order; empty when there is nothing new. */
  readonly bytes: Uint8Array;
  /** The bytes so far end here, and a last line without a line end is whole: the file was rotated or cut, or the input has ended. */
  readonly hasEnded: boolean;
  /** Nothing will ever come. */
  readonly isDone: boolean;
}

/** Something that grows: a file, or standard input. */
export interface ByteSource {
  /** Reads what is new, at most one chunk. */
  poll(): Promise<Poll>;
  /** Takes hold of what would be gone by the next poll (a file that is about to be rotated); it may run beside a poll. */
  notice(): Promise<void>;
  close(): Promise<void>;
}

export const NOTHING: Poll = { bytes: new Uint8Array(0), hasEnded: false, isDone: false };
