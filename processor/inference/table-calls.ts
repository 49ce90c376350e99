import { LRUCache } from "lru-cache";
import type { CandidateTable } from "../detect/event-scorer.ts";

/** Tables that the model's thread keeps: a table of 512 templates takes 128 KiB there. */
export const TABLES_MAX = 128;

/** A table on its way to the model's thread: by its number alone when the thread has it. */
export interface TableCall {
  readonly id: number;
  readonly table: CandidateTable | undefined;
}

/** Knows which tables the thread has: both sides forget the least recently used one at the same call. */
export interface TableCalls {
  callFor(table: CandidateTable): TableCall;
  /** A new thread has none. */
  reset(): void;
}

export function createTableCalls(): TableCalls {
  const ids = new WeakMap<CandidateTable, number>();
  const sent = new LRUCache<number, true>({ max: TABLES_MAX });
  let next = 0;
  return {
    callFor(table) {
      const id = ids.get(table) ?? next;
      if (id === next) next += 1;
      ids.set(table, id);
      if (sent.get(id) === true) return { id, table: undefined };
      sent.set(id, true);
      return { id, table };
    },
    reset: () => sent.clear(),
  };
}
