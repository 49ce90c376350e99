import type { Lane } from "./lane.ts";

/** Something that waits for its turn. */
export interface Waiting<Item, Result> {
  readonly item: Item;
  /** How long it has waited, in milliseconds. */
  readonly waitedMs: number;
  /** To be called once, before the work that it was handed to ends. */
  answer(result: Result): void;
}

/** Work on whatever waits, all at once. */
export type WorkTogether<Item, Result> = (waiting: readonly Waiting<Item, Result>[]) => Promise<void>;

/** Small pieces of like work, of which those that wait in a lane are done together. */
export interface Gathering<Item, Result> {
  /**
   * Does the work when its turn comes, in the order of the calls, with whatever waits for the same then.
   * @param weight what it weighs of what is done together; what weighs more than all of that goes alone
   * @param work the same for all items of a gathering
   */
  add(item: Item, weight: number, work: WorkTogether<Item, Result>): Promise<Result>;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly calledMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * @param weightMax of what is done together
 * @param now monotonic, in milliseconds
 */
export function createGathering<Item, Result>(
  lane: Pick<Lane, "inTurn">,
  weightMax: number,
  now: () => number = () => performance.now(),
): Gathering<Item, Result> {
  const queue: Entry<Item, Result>[] = [];

  const take = (): readonly Entry<Item, Result>[] => {
    let weight = 0;
    const end = queue.findIndex((entry, at) => {
      weight += entry.weight;
      return at > 0 && weight > weightMax;
    });
    return queue.splice(0, end < 0 ? queue.length : end);
  };
  const run = async (work: WorkTogether<Item, Result>): Promise<void> => {
    const taken = take();
    // Those before it in the lane have taken it along.
    if (taken.length === 0) return;
    const takenMs = now();
    const open = new Set(taken);
    const waiting = taken.map((entry) => ({
      item: entry.item,
      waitedMs: takenMs - entry.calledMs,
      answer: (result: Result) => {
        open.delete(entry);
        entry.resolve(result);
      },
    }));
    try {
      await work(waiting);
    } catch (reason) {
      for (const { reject } of open) reject(reason);
      return;
    }
    for (const { reject } of open) reject(new Error("its turn has passed without an answer"));
  };

  return {
    add(item, weight, work) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      queue.push({ item, weight, calledMs: now(), resolve, reject });
      void lane.inTurn(() => run(work));
      return promise;
    },
  };
}
