import { JOURNAL_KEPT_MS, type MemoryStore } from "../../store/memory.ts";
import { parseMinerSnapshot, parseStoredTemplates } from "../template/snapshot.ts";
import type { MinerSnapshot, StoredTemplate, TemplateMiner } from "../template/template-miner.ts";
import { jsonSlices } from "./json-slices.ts";
import type { OnUnusable } from "./parts.ts";

/** Name of the miner's snapshot, and of its news in the journal. */
export const MINER = "templates";

/** News that are read together. */
const NEWS_AT_ONCE = 500;
/** Who has looked so long ago may have missed what the journal has let go of by now. */
const FOLLOWED_MS_MAX = JOURNAL_KEPT_MS / 2;
/** Without news a snapshot is written this often: it holds how much templates are used, by which they are forgotten. */
const UNCHANGED_INTERVAL_MS = 600_000;

/** What a miner begins with. */
export interface LoadedMiner {
  readonly snapshot: MinerSnapshot | undefined;
  /** It holds what the journal has up to this sequence. */
  readonly upTo: number;
}

/** The last snapshot with the templates that came after it; without one on a first start, or where it cannot be read, which is told. */
export async function loadMiner(
  store: Pick<MemoryStore, "snapshot" | "journalSince">,
  onUnusable: OnUnusable,
): Promise<LoadedMiner> {
  const { snapshot, upTo } = await readSnapshot(store, onUnusable);
  const later: StoredTemplate[] = [];
  const last = await readNews(store, upTo, undefined, (templates) => later.push(...templates), onUnusable);
  if (later.length === 0) return { snapshot, upTo: last };
  const { templates = [], evicted = [], tombstones = [] } = snapshot ?? {};
  return { snapshot: { version: 1, templates: [...templates, ...later], evicted, tombstones }, upTo: last };
}

/** What miners of several stages know, kept together by way of the store. */
export interface MinerMemory {
  /** Takes in what other stages have written since. Rejects with the store's error. */
  follow(): Promise<void>;
  /** Writes the miner down, where there is something new; always where it is the last time. Rejects with the store's error. */
  save(ports: SavePorts): Promise<void>;
}

/** How a state is written down. */
export interface SavePorts {
  readonly nowMs: number;
  /** Once aborted, nothing more is written: what was waited for in vain at a stop must not replace what is saved after it. */
  readonly signal?: AbortSignal | undefined;
  /** Called between two slices of some milliseconds, and after the last. */
  readonly afterSlice: () => Promise<void> | void;
  /** The stage ends with it. */
  readonly isLast: boolean;
}

/** What keeps a miner together with others. */
export interface MinerMemoryPorts {
  readonly store: Pick<MemoryStore, "snapshot" | "journalSince" | "saveSnapshot">;
  readonly miner: TemplateMiner;
  /** Names this running stage in the journal: its own entries are no news. */
  readonly writer: string;
  /** What the miner was loaded with. */
  readonly upTo: number;
  readonly onUnusable: OnUnusable;
  /** Milliseconds, never going back. */
  readonly elapsed: () => number;
}

/** Follows the journal of all stages. A stage that has not looked for long reads the snapshot again. */
export function createMinerMemory(ports: MinerMemoryPorts): MinerMemory {
  const { store, miner, writer, onUnusable, elapsed } = ports;
  let { upTo } = ports;
  let followedMs = elapsed();
  let saved = { upTo: -1, atMs: Number.NEGATIVE_INFINITY };

  return {
    async follow() {
      const beganMs = elapsed();
      if (beganMs - followedMs > FOLLOWED_MS_MAX) {
        const read = await readSnapshot(store, onUnusable);
        miner.absorb(read.snapshot?.templates ?? []);
        upTo = Math.max(upTo, read.upTo);
      }
      upTo = await readNews(store, upTo, writer, miner.absorb, onUnusable);
      followedMs = beganMs;
    },
    async save({ nowMs, signal, afterSlice, isLast }) {
      const atMs = elapsed();
      const isUnchanged = upTo === saved.upTo && atMs - saved.atMs < UNCHANGED_INTERVAL_MS;
      if (isUnchanged && !isLast) return;
      const holds = upTo;
      const pieces = await jsonSlices(miner.snapshot(), afterSlice);
      if (signal?.aborted) return;
      await store.saveSnapshot(MINER, pieces, nowMs, holds);
      saved = { upTo: holds, atMs };
    },
  };
}

async function readSnapshot(
  store: Pick<MemoryStore, "snapshot">,
  onUnusable: OnUnusable,
): Promise<LoadedMiner> {
  const found = await store.snapshot(MINER);
  if (found === undefined) return { snapshot: undefined, upTo: 0 };
  try {
    return { snapshot: parseMinerSnapshot(JSON.parse(found.json)), upTo: found.journaled };
  } catch (error) {
    onUnusable(MINER, error);
    return { snapshot: undefined, upTo: found.journaled };
  }
}

/** @returns the sequence of the last entry */
async function readNews(
  store: Pick<MemoryStore, "journalSince">,
  after: number,
  ownWriter: string | undefined,
  take: (templates: readonly StoredTemplate[]) => void,
  onUnusable: OnUnusable,
): Promise<number> {
  let last = after;
  for (;;) {
    const news = await store.journalSince(MINER, last, NEWS_AT_ONCE);
    for (const { writer, json } of news) {
      if (writer === ownWriter) continue;
      try {
        take(parseStoredTemplates(JSON.parse(json)));
      } catch (error) {
        onUnusable(MINER, error);
      }
    }
    last = news.at(-1)?.sequence ?? last;
    if (news.length < NEWS_AT_ONCE) return last;
  }
}
