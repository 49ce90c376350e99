import type { NewMessage } from "./message-writer.ts";

/** Where messages wait that are written together, in one transaction, in the place of the next hop. */
export interface Outbox {
  add(messages: readonly NewMessage[]): void;
}
