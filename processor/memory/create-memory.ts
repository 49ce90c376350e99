import { setTimeout as delay } from "node:timers/promises";
import type { MemoryStore } from "../../store/memory.ts";
import type { Breathe } from "../flow/breathe.ts";
import { inTime } from "../flow/in-time.ts";
import type { Redactor } from "../redact/redact.ts";
import type { MinerSnapshot, TemplateMiner } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createHeldServices, type HeldServices } from "./held-services.ts";
import { createJournal, type Journal } from "./journal.ts";
import { SLICE_MS } from "./json-slices.ts";
import { createMinerMemory, loadMiner } from "./miner-memory.ts";
import type { OnUnusable, Parts } from "./parts.ts";
import { isAway } from "./save-memories.ts";

/** Longest time that somebody waits to hear what other stages have seen. */
const LOOK_MS_MAX = 500;

/** What of a stage outlives it, and is shared with others: what it has learned. */
export interface Memory extends Pick<HeldServices, "admit" | "isElsewhere" | "hasMoved"> {
  /** Writes down what is new; see {@link Journal}. */
  readonly writeDown: Journal["write"];
  /** These windows were learned. */
  learned(windows: readonly SequenceWindow[]): void;
  /** Takes in what other stages have learned and seen since. Rejects with the store's error. */
  follow(): Promise<void>;
  /** Asks what others have seen, and waits for no more than a moment; never rejects. */
  lookElsewhere(): Promise<void>;
  /** Writes everything down that has changed. One thing that cannot be written keeps no other from it; rejects with the first error. */
  save(how: SaveMemory): Promise<void>;
}

/** How a stage's memory is written down. */
export interface SaveMemory {
  /** Resolves when all is learned that waits for it. */
  readonly learned: () => Promise<void>;
  /** Once aborted, nothing more is written: what was waited for in vain at a stop must not replace what is saved after it. */
  readonly signal?: AbortSignal;
  /** Called between two slices of some milliseconds, and after the last; by default others have as long. */
  readonly afterSlice?: () => Promise<void> | void;
  /** The stage ends with it; by default it goes on. */
  readonly isLast?: boolean;
}

/** What a memory is made with. */
export interface MemoryPorts {
  readonly store: MemoryStore;
  /** Name of the stage among those that share the store. */
  readonly instance: string;
  readonly servicesMax: number;
  readonly breathe: Breathe;
  readonly onUnusable: OnUnusable;
  /** Told what could not be done, and why. */
  readonly onFailure: (what: string, reason: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds, never going back. */
  readonly elapsed: () => number;
  /** A new ULID. */
  readonly newId: () => string;
}

/** What memory is of. */
export interface Remembering extends Parts {
  readonly miner: TemplateMiner;
  readonly redactor: Pick<Redactor, "sender">;
}

/**
 * Goes on from what the store has: makes the rooms around the templates that are known, and gives them back what this stage knew of its
 * services before its last stop. Rejects with the store's error.
 */
export async function openMemory<R extends Remembering>(
  ports: MemoryPorts,
  furnish: (templates: MinerSnapshot | undefined) => R,
): Promise<{ readonly memory: Memory; readonly rooms: R }> {
  const { store, onUnusable, onFailure, now, elapsed } = ports;
  const { snapshot, upTo } = await loadMiner(store, onUnusable);
  const rooms = furnish(snapshot);
  const writer = ports.newId();
  const held = createHeldServices({
    ...ports,
    parts: rooms,
    writer,
    show: rooms.redactor.sender,
    onFailure: (reason) => onFailure("taking over services", reason),
  });
  const miner = createMinerMemory({ store, miner: rooms.miner, writer, upTo, onUnusable, elapsed });
  const journal = createJournal({
    ...{ store, writer, now },
    ...{ miner: rooms.miner, detectors: rooms.detectors },
    onFailure: (reason) => onFailure("writing down what is new", reason),
  });
  await held.takeOwn();
  const memory: Memory = {
    admit: held.admit,
    isElsewhere: held.isElsewhere,
    hasMoved: held.hasMoved,
    writeDown: journal.write,
    learned: (windows) => held.changed(windows.map(({ service }) => service)),
    async follow() {
      await eachOf([miner.follow, held.follow]);
    },
    lookElsewhere: () =>
      inTime(
        held.follow(),
        (reason) => onFailure("looking at what other stages have seen", reason),
        LOOK_MS_MAX,
      ),
    async save({ learned, signal, afterSlice = leaveToOthers, isLast = false }) {
      const how = { learned, last: () => journal.last, nowMs: now(), signal, afterSlice, isLast };
      await eachOf([() => miner.save(how), () => held.save(how)]);
    },
  };
  return { memory, rooms };
}

const leaveToOthers = () => delay(SLICE_MS);

/** One after the other, also where one fails, unless the database is away: each would wait for it as long. Rejects with the first error. */
async function eachOf(works: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const work of works) {
    if (failures.some(isAway)) break;
    await work().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
