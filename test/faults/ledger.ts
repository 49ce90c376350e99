import type { NumberedRecord } from "./numbered-requests.ts";

/** How a request ended for its sender. */
export type Ending = "acknowledged" | "refused" | "given-up";

/** What became of everything that was sent. */
export interface Account {
  /** Records that were sent and answered for good. */
  readonly sent: number;
  /** Acknowledged upstream, and never seen by the next hop. */
  readonly lost: readonly string[];
  /** Came more than once though no try of their request was left unanswered or answered "again". */
  readonly doubled: readonly string[];
  /** Came more than once because their request was sent more than once: no fault. */
  readonly repeated: number;
  /** Came before one that its stream had sent earlier. */
  readonly disordered: readonly string[];
  /** Refused upstream for good, as the next hop did. */
  readonly refused: number;
}

/** Book-keeping of every numbered record: what senders tried, what they were told, and what the next hop saw. */
export interface Ledger {
  /** A try of a request begins. */
  tried(records: readonly NumberedRecord[]): void;
  ended(records: readonly NumberedRecord[], ending: Ending): void;
  /** The next hop has read a request whole and has it. */
  arrived(records: readonly NumberedRecord[]): void;
  account(): Account;
  /** Whether a record was acknowledged upstream, and in how many tries. */
  answered(record: NumberedRecord): { readonly isAcknowledged: boolean; readonly tries: number };
}

interface Entry {
  /** Tries of its request so far. */
  tries: number;
  arrivals: number;
  ending: Ending | undefined;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const entries = new Map<string, Entry>();
  /** The number of the first record of the try that a record was last in, to see what is a retry. */
  const newest = new Map<string, number>();
  const disordered: string[] = [];

  const entryOf = (record: NumberedRecord): Entry => {
    const key = keyOf(record);
    const entry = entries.get(key) ?? { tries: 0, arrivals: 0, ending: undefined };
    entries.set(key, entry);
    return entry;
  };
  /** First arrivals of a stream come in its order; what comes again does so inside its own request. */
  const noteOrder = (record: NumberedRecord, isFirst: boolean) => {
    const last = newest.get(record.stream) ?? -1;
    if (isFirst && record.number < last) disordered.push(keyOf(record));
    if (isFirst) newest.set(record.stream, Math.max(last, record.number));
  };

  return {
    tried(records) {
      for (const record of records) entryOf(record).tries += 1;
    },
    ended(records, ending) {
      for (const record of records) entryOf(record).ending = ending;
    },
    arrived(records) {
      for (const record of records) {
        const entry = entryOf(record);
        noteOrder(record, entry.arrivals === 0);
        entry.arrivals += 1;
      }
    },
    answered(record) {
      const entry = entries.get(keyOf(record));
      return { isAcknowledged: entry?.ending === "acknowledged", tries: entry?.tries ?? 0 };
    },
    account() {
      const all = [...entries];
      const keys = (of: (entry: Entry) => boolean) =>
        all.filter(([, entry]) => of(entry)).map(([key]) => key);
      return {
        sent: all.filter(([, { ending }]) => ending === "acknowledged").length,
        lost: keys(({ ending, arrivals }) => ending === "acknowledged" && arrivals === 0),
        doubled: keys(({ arrivals, tries }) => arrivals > Math.max(1, tries)),
        repeated: all.reduce((sum, [, { arrivals }]) => sum + Math.max(0, arrivals - 1), 0),
        disordered,
        refused: all.filter(([, { ending }]) => ending === "refused").length,
      };
    },
  };
}

/** Names the record in what is told of it. */
export function keyOf({ stream, number }: NumberedRecord): string {
  return `${stream}/${number}`;
}
