import type { GroupMember } from "../../kafka/group-member.ts";
import type { Fetched } from "../../kafka/messages.ts";
import type { PartitionWorker } from "./partition-worker.ts";
import { type Pause, pauseMs } from "./pauses.ts";

/** Reads on what workers want. */
export interface Reading {
  /** Something more may be wanted. */
  look(): void;
  /** Comes back when nothing is being read any more. */
  stop(): Promise<void>;
}

/** What reading needs. */
export interface ReadingPorts {
  /** After what has failed. */
  readonly pause: Pause;
  readonly member: Pick<GroupMember, "leaders" | "fetch">;
  readonly workers: () => Iterable<PartitionWorker>;
  /** Kafka has no longer what the worker wanted to read. */
  readonly onOutOfRange: (worker: PartitionWorker) => void;
  /** Reading went well, or has failed so many times in a row. */
  readonly onRead: () => void;
  readonly onFailed: (cause: unknown, times: number) => void;
}

/** What there was no room for is read again after this: not at once, because unpacking it is work. */
const NO_ROOM_MS = 1_000;

/** A broker is asked for one thing at a time, which waits there for a moment when there is nothing. */
export function createReading(ports: ReadingPorts): Reading {
  const { member, workers, pause } = ports;
  const stopping = new AbortController();
  const busy = new Map<number, Promise<void>>();
  let looking: Promise<void> | undefined;
  let isWanted = false;
  let failures = 0;

  const failed = async (cause: unknown) => {
    if (stopping.signal.aborted) return;
    failures += 1;
    ports.onFailed(cause, failures);
    await pause(pauseMs(failures), stopping.signal);
  };
  const read = async (node: number, asking: readonly PartitionWorker[]) => {
    const positions = asking.flatMap(({ wanted }) => wanted ?? []);
    if (positions.length === 0) return;
    try {
      const fetched = await member.fetch(node, positions);
      failures = 0;
      ports.onRead();
      const hasRoom = handOver(fetched, asking, ports);
      if (!hasRoom) await pause(NO_ROOM_MS, stopping.signal);
    } catch (error) {
      await failed(error);
    }
  };
  const askBrokers = async (wanting: readonly PartitionWorker[]) => {
    const leaders = await member.leaders(wanting);
    for (const [node, asking] of leaders) {
      if (busy.has(node) || stopping.signal.aborted) continue;
      const done = read(node, asking).then(() => {
        busy.delete(node);
        look();
      });
      busy.set(node, done);
    }
  };
  const lookNow = async () => {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false;
      const wanting = [...workers()].filter(({ wanted }) => wanted !== undefined);
      if (wanting.length === 0) return;
      await askBrokers(wanting).catch(async (error: unknown) => {
        await failed(error);
        isWanted = true;
      });
    }
  };
  const look = () => {
    isWanted = true;
    looking ??= lookNow().finally(() => {
      looking = undefined;
      if (isWanted && !stopping.signal.aborted) look();
    });
  };
  return {
    look,
    async stop() {
      stopping.abort();
      await Promise.all([looking, ...busy.values()]);
    },
  };
}

/** One partition in a word. */
export function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

/**
 * Gives each answer to the worker that has asked, which takes none when it has let go meanwhile. The one that the partition has
 * now may have begun further back: what lies between would be passed over, and committed. False where there was no room.
 */
function handOver(
  fetched: readonly Fetched[],
  asking: readonly PartitionWorker[],
  { onOutOfRange }: ReadingPorts,
): boolean {
  const workers = new Map(asking.map((worker) => [keyOf(worker), worker]));
  let hasRoom = true;
  for (const one of fetched) {
    const worker = workers.get(keyOf(one));
    if (worker === undefined) continue;
    if (one.kind === "out-of-range") onOutOfRange(worker);
    else if (!worker.offer(one.messages, one.next)) hasRoom = false;
  }
  return hasRoom;
}
