import type { MemoryStore, ServiceMemory } from "../../store/memory.ts";
import { StoreError } from "../../store/store.ts";
import type { Held } from "./held-table.ts";
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
}

type Due = readonly (readonly [service: string, one: Held])[];

/** Writes down what is known of these services. One that cannot be written keeps no other from it, unless the database is away; rejects
 * at the end with the first error. */
export async function saveMemories(
  due: Due,
  { last, learned, nowMs, signal, afterSlice, isLast }: SaveMemoriesPorts,
  { store, parts, writer }: MemoriesTarget,
): Promise<void> {
  if (due.length === 0) return;
  const upTo = last();
  await learned();
  const states = statesOf(parts);
  const failures: unknown[] = [];
  const write = async (some: readonly Made[]) => {
    const memories = some.map(({ memory }) => memory);
    await store.saveMemories(memories, { writer, upTo }, nowMs).catch((error: unknown) => {
      for (const { one } of some) one.isChanged = true;
      failures.push(error);
    });
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
