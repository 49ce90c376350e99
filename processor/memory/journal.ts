import type { JournalEntry, MemoryStore } from "../../store/memory.ts";
import { inTime } from "../flow/in-time.ts";
import type { TemplateMiner } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { MINER } from "./miner-memory.ts";
import { detectorKey, type Parts } from "./parts.ts";

/** Longest time that an answer waits for the journal. A first load of many services, or a disk that is busy for a moment, takes longer:
 * nobody need do anything about that. */
const WAIT_MS_MAX = 50;
/** A write that takes so long is told, unless the database has said by then what is the matter: SQLite does after 5 s. */
const TOLD_AFTER_MS = 10_000;
const LATE = `the database has not taken it for ${TOLD_AFTER_MS / 1_000} s; until it has, a crash would make messages new again that are known: see whether its disk or server is overloaded`;
/** After a failure nobody asks the database again before this. */
const RETRY_MS = 1_000;
/** Entries that wait for a slow database; over it the oldest are left to the next snapshot. */
const QUEUED_MAX = 1_000;

/**
 * What was learned for the first time, written down before the sender hears that its records are safe: templates are known
 * again after a crash, though the last snapshot is older than they are.
 */
export interface Journal {
  /**
   * Writes what is new, and what these windows will teach that is new: to be called before they are learned. Undefined where
   * nothing is; else it resolves when that is written, or nobody may wait longer.
   */
  write(windows: readonly SequenceWindow[]): Promise<void> | undefined;
  /** Sequence of the last entry: a memory holds it that is made when all has been learned that waits to be learned now. */
  readonly last: number;
}

/** What a journal is written with. */
export interface JournalPorts extends Pick<Parts, "detectors"> {
  readonly store: Pick<MemoryStore, "addToJournal">;
  readonly miner: Pick<TemplateMiner, "changes">;
  /** Names this running stage among those that write. */
  readonly writer: string;
  /** Told why entries are not written, or have not been for {@link TOLD_AFTER_MS}. */
  readonly onFailure: (reason: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Nothing is written yet. */
export function createJournal({ store, miner, detectors, writer, onFailure, now }: JournalPorts): Journal {
  let queued: JournalEntry[] = [];
  let last = 0;
  let writing: Promise<void> | undefined;
  /** While the database does not answer in time, nobody waits for it. */
  let isAwaited = true;
  let retryAtMs = 0;

  const collect = (windows: readonly SequenceWindow[]) => {
    const add = (name: string, news: readonly unknown[], service?: string) => {
      if (news.length > 0) queued.push({ name, service, json: JSON.stringify(news) });
    };
    add(MINER, miner.changes());
    for (const [service, own] of Map.groupBy(windows, (window) => window.service))
      for (const detector of detectors) add(detectorKey(detector), detector.news?.(own) ?? [], service);
    if (queued.length > QUEUED_MAX) queued = queued.slice(-QUEUED_MAX);
  };
  const writeQueued = async () => {
    while (queued.length > 0) {
      const entries = queued;
      queued = [];
      const telling = setTimeout(() => onFailure(new Error(LATE)), TOLD_AFTER_MS);
      try {
        last = Math.max(last, await store.addToJournal(entries, writer, now()));
        isAwaited = true;
      } catch (reason) {
        queued = [...entries, ...queued];
        isAwaited = false;
        retryAtMs = performance.now() + RETRY_MS;
        onFailure(reason);
        return;
      } finally {
        clearTimeout(telling);
      }
    }
  };

  return {
    get last() {
      return last;
    },
    write(windows) {
      collect(windows);
      if (queued.length === 0 || performance.now() < retryAtMs) return undefined;
      writing ??= writeQueued().finally(() => {
        writing = undefined;
      });
      if (!isAwaited) return undefined;
      const onLate = () => {
        isAwaited = false;
      };
      return inTime(writing, onLate, WAIT_MS_MAX);
    },
  };
}
