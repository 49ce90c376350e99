import type { NewMessage } from "./message-writer.ts";

/** At most what a message has in a batch besides its key and value (Kafka's record format, without headers). */
const RECORD_BYTES = 32;

/** Cuts messages, in their order, into batches that a partition takes even where all of one are for it; one message may be larger. */
export function toBatches(
  messages: readonly NewMessage[],
  bytesMax: number,
): readonly (readonly NewMessage[])[] {
  const batches: NewMessage[][] = [];
  let left = 0;
  for (const message of messages) {
    const bytes = (message.key?.length ?? 0) + (message.value?.length ?? 0) + RECORD_BYTES;
    const last = batches.at(-1);
    if (last === undefined || bytes > left) {
      batches.push([message]);
      left = bytesMax - bytes;
    } else {
      last.push(message);
      left -= bytes;
    }
  }
  return batches;
}
