import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { MessageWriter } from "../../kafka/message-writer.ts";
import type { DeadLetter } from "./deliver.ts";
import { bareLetterOf, letterOf } from "./letters.ts";

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
  const write = async (letter: DeadLetter) => {
    writer ??= await open();
    try {
      await writer.write([letterOf(topic, letter)]);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      await writer.write([bareLetterOf(topic, letter)]);
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
