/** What is known of one partition: what was read, what is in flight, and up to where all is settled. */
export interface PartitionLog<Message extends { readonly offset: bigint }> {
  /** The offset to read on at. */
  readonly next: bigint;
  /** Every message before it is settled: what may be committed. */
  readonly settled: bigint;
  /** Messages that wait for their turn. */
  readonly waiting: number;
  /** Adds what was read on; what was read before is left out. `next` is where the one after them will be. */
  append(messages: readonly Message[], next: bigint): void;
  /** The next messages, in order, which are in flight until they are settled; none while others are. */
  take(limits: BatchLimits<Message>): readonly Message[];
  /** Those in flight need nothing more. */
  settle(): void;
}

/** Bounds of what is in flight; one message may be larger. */
export interface BatchLimits<Message> {
  readonly messagesMax: number;
  readonly bytesMax: number;
  readonly bytesOf: (message: Message) => number;
}

/** @param start where nothing before is ours to read */
export function createPartitionLog<Message extends { readonly offset: bigint }>(
  start: bigint,
): PartitionLog<Message> {
  const waiting: Message[] = [];
  let inFlight: readonly Message[] = [];
  let next = start;
  return {
    get next() {
      return next;
    },
    get settled() {
      return (inFlight[0] ?? waiting[0])?.offset ?? next;
    },
    get waiting() {
      return waiting.length;
    },
    append(messages, end) {
      for (const message of messages) {
        if (message.offset < next) continue;
        waiting.push(message);
        next = message.offset + 1n;
      }
      if (end > next) next = end;
    },
    take({ messagesMax, bytesMax, bytesOf }) {
      if (inFlight.length > 0) return [];
      let bytes = 0;
      let count = 0;
      for (const message of waiting) {
        bytes += bytesOf(message);
        if (count > 0 && (count === messagesMax || bytes > bytesMax)) break;
        count += 1;
      }
      inFlight = waiting.splice(0, count);
      return inFlight;
    },
    settle() {
      inFlight = [];
    },
  };
}
