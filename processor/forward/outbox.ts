import type { NewMessage } from "../kafka/message-writer.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";

/**
 * Where messages wait that are written together, in one transaction, in the place of the next hop. What is put there is neither
 * taken nor safe: what became of it is told when that is known.
 */
export interface Outbox {
  add(messages: readonly NewMessage[]): void;
  /** @param told what became of what was added; undefined: nobody knows, and the same will be offered again */
  whenOver(told: (outcome: ForwardOutcome | undefined) => Promise<void>): void;
}
