import type { GroupMember } from "../../kafka/group-member.ts";
import type { Position } from "../../kafka/messages.ts";
import { type Pause, pauseMs } from "./pauses.ts";
import { keyOf } from "./read-on.ts";

/** Tells the group how far its partitions are worked off. */
export interface Commits {
  /** Something may have been settled. */
  look(): void;
  /** What the group has of a place; needs no commit before it has changed. */
  know(positions: readonly Position[]): void;
  /** Tells what is still to be told, and ends; gives up after some tries. */
  flush(): Promise<void>;
}

/** What committing needs. */
export interface CommitPorts {
  /** After what has failed. */
  readonly pause: Pause;
  readonly member: Pick<GroupMember, "commit">;
  /** Of the partitions that are ours now. */
  readonly settled: () => readonly Position[];
  readonly onFailed: (cause: unknown) => void;
}

/** While the group divides its partitions anew it takes none for a moment: that is no news. */
const FAILURES_TOLD = 3;
const FLUSH_TRIES = 5;

/** One commit at a time, of all that was settled by then; what fails is told again later, with what came after it. */
export function createCommits({ member, settled, onFailed, pause }: CommitPorts): Commits {
  const known = new Map<string, bigint>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let isWanted = false;

  const know = (positions: readonly Position[]) => {
    for (const one of positions) known.set(keyOf(one), one.offset);
  };
  const changed = () => settled().filter((one) => known.get(keyOf(one)) !== one.offset);
  const commit = async () => {
    const positions = changed();
    if (positions.length === 0) return;
    await member.commit(positions);
    know(positions);
  };
  const run = async () => {
    for (let failures = 0; isWanted && !stopping.signal.aborted; ) {
      isWanted = false;
      try {
        await commit();
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        if (failures >= FAILURES_TOLD) onFailed(error);
        await pause(pauseMs(failures), stopping.signal);
        isWanted = true;
      }
    }
  };
  const look = () => {
    isWanted = true;
    if (stopping.signal.aborted) return;
    running ??= run().finally(() => {
      running = undefined;
      if (isWanted) look();
    });
  };
  return {
    look,
    know,
    async flush() {
      stopping.abort();
      await running;
      for (let tries = 1; tries <= FLUSH_TRIES; tries += 1) {
        try {
          return await commit();
        } catch (error) {
          if (tries === FLUSH_TRIES) onFailed(error);
          else await pause(pauseMs(1), new AbortController().signal);
        }
      }
    },
  };
}
