import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { MessageWriter } from "../../kafka/message-writer.ts";
import type { DeadLetter } from "./deliver.ts";

/** Where messages go that nobody takes. */
export interface DeadLetters {
  /** Comes back when the message is safe there; rejects when it could not be written. */
  put(letter: DeadLetter): Promise<void>;
  close(): Promise<void>;
}

/** @param topic "" leaves them out */
export function createDeadLetters(topic: string, open: () => Promise<MessageWriter>): DeadLetters {
  let writer: MessageWriter | undefined;
  /** One at a time, as the writer has it. */
  let last: Promise<unknown> = Promise.resolve();
  const write = async ({ message, reason, text }: DeadLetter) => {
    writer ??= await open();
    const headersWith = (explanation: string) =>
      new Map([
        ["logbert.reason", reason],
        ["logbert.message", explanation],
        ["logbert.topic", message.topic],
        ["logbert.partition", String(message.partition)],
        ["logbert.offset", String(message.offset)],
      ]);
    try {
      await writer.write([{ topic, key: message.key, value: message.value, headers: headersWith(text) }]);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      // It must hold nothing up: where it is can be told.
      const headers = headersWith(`${text}; it is too large for this topic, and its contents are left out`);
      await writer.write([{ topic, key: undefined, value: undefined, headers }]);
    }
  };
  return {
    async put(letter) {
      if (topic === "") return;
      const written = last.then(() => write(letter));
      last = written.catch(() => undefined);
      await written;
    },
    async close() {
      await last;
      await writer?.close();
    },
  };
}

/** Whether the brokers take no message of that size there (Kafka protocol, "Error Codes"). */
function isTooLarge(error: unknown): boolean {
  return kafkaProblemOf(error).errors.some(
    (one) => one === "MESSAGE_TOO_LARGE" || one === "RECORD_LIST_TOO_LARGE",
  );
}
