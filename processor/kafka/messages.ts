/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A place, and the offset of the next message there. */
export interface Position extends Place {
  readonly offset: bigint;
}

/** A message as it was read. */
export interface KafkaMessage extends Position {
  /** Milliseconds since the epoch, as the producer or the broker has it. */
  readonly timestampMs: number;
  readonly key: Buffer | undefined;
  /** Undefined: a tombstone. */
  readonly value: Buffer | undefined;
}

/** What was read of one partition. */
export type Fetched = Place &
  (
    | { readonly kind: "messages"; readonly messages: readonly KafkaMessage[]; readonly next: bigint }
    /** The offset is not there any more, or not yet. */
    | { readonly kind: "out-of-range" }
  );
