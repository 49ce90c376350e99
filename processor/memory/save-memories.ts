import type { MemoryStore, ServiceMemory } from "../../store/memory.ts";
import { StoreError } from "../../store/store.ts";
import { type Held, isElsewhere } from "./held-table.ts";
import { jsonSlices } from "./json-slices.ts";
import type { SavePorts } from "./miner-memory.ts";
import { type Parts, statesOf } from "./parts.ts";

/** Memories that are written together. */
const BYTES_AT_ONCE = 1_048_576;

/** How memories are written down. */
export interface SaveMemoriesPorts extends SavePorts {
  /** The journal's last sequence. */
  readonly last: () => number;
  /** Resolves when all is learned that waits for it: what is in the journal by now is in the memories then. */
  readonly learned: () => Promise<void>;
}

/** Where to. */
export interface MemoriesTarget {
  readonly store: Pick<MemoryStore, "saveMemories">;
  readonly parts: Parts;
  /** Names this running stage in the journal. */
  readonly writer: string;
  /** Name of the stage. */
  readonly instance: string;
  /** Up to which it knows what others have seen. */
  readonly revision: () => number;
}

type Due = readonly (readonly [service: string, one: Held])[];

/** Writes down what is known of these services, but for those that have gone elsewhere meanwhile. One that cannot be written keeps no other from it, unless the database is away; rejects
 * at the end with the first error. */
export async function saveMemories(
  due: Due,
  { last, learned, nowMs, signal, afterSlice, isLast }: SaveMemoriesPorts,
  { store, parts, writer, instance, revision }: MemoriesTarget,
): Promise<void> {
  if (due.length === 0) return;
  const upTo = last();
  await learned();
  const states = statesOf(parts);
  const failures: unknown[] = [];
  const write = async (some: readonly Made[]) => {
    const still = some.filter(({ one }) => !isElsewhere(one));
    if (still.length === 0) return;
    const memories = still.map(({ memory }) => memory);
    const holder = { writer, upTo, instance, revision: revision() };
    try {
      const left = new Set(await store.saveMemories(memories, holder, nowMs));
      for (const { one, memory } of still) if (left.has(memory.service)) one.isChanged = true;
    } catch (error) {
      for (const { one } of still) one.isChanged = true;
      failures.push(error);
    }
  };
  let waiting: Made[] = [];
  for (const [service, one] of due) {
    if (signal?.aborted || failures.some(isAway)) break;
    one.isChanged = false;
    try {
      const json = await jsonSlices(states.of(service), afterSlice);
      waiting.push({ one, memory: { service, json, isLast } });
    } catch (error) {
      failures.push(error);
    }
    if (bytesOf(waiting) < BYTES_AT_ONCE) continue;
    await write(waiting);
    waiting = [];
  }
  if (waiting.length > 0 && !signal?.aborted) await write(waiting);
  if (failures.length > 0) throw failures[0];
}

interface Made {
  readonly one: Held;
  readonly memory: ServiceMemory;
}

function bytesOf(waiting: readonly Made[]): number {
  return waiting.reduce((sum, { memory }) => memory.json.reduce((all, piece) => all + piece.length, sum), 0);
}

/** Whether nothing else can be written either: each would wait for it as long. */
export function isAway(error: unknown): boolean {
  return error instanceof StoreError && error.code === "unreachable";
}
