import type { NewMessage } from "../../kafka/message-writer.ts";
import type { DeadLetter } from "./deliver.ts";

/** What is written of a message that nobody takes: as it was, with why. */
export function letterOf(topic: string, letter: DeadLetter): NewMessage {
  const { key, value } = letter.message;
  return { topic, key, value, headers: headersWith(letter, letter.text) };
}

/** The same where that is too large for the topic: it must hold nothing up, and where the message is can be told. */
export function bareLetterOf(topic: string, letter: DeadLetter): NewMessage {
  const text = `${letter.text}; it is too large for this topic, and its contents are left out`;
  return { topic, key: undefined, value: undefined, headers: headersWith(letter, text) };
}

function headersWith({ message, reason }: DeadLetter, explanation: string): ReadonlyMap<string, string> {
  return new Map([
    ["logbert.reason", reason],
    ["logbert.message", explanation],
    ["logbert.topic", message.topic],
    ["logbert.partition", String(message.partition)],
    ["logbert.offset", String(message.offset)],
  ]);
}
