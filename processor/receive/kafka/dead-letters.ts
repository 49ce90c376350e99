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
    const headers = new Map([
      ["logbert.reason", reason],
      ["logbert.message", text],
      ["logbert.topic", message.topic],
      ["logbert.partition", String(message.partition)],
      ["logbert.offset", String(message.offset)],
    ]);
    await writer.write([{ topic, key: message.key, value: message.value, headers }]);
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
