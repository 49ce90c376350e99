import type { GroupMember } from "../../kafka/group-member.ts";
import type { Fetched, Position } from "../../kafka/messages.ts";
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
  /** Whether a worker is still the one of its partition. */
  readonly workerOf: (place: Fetched) => PartitionWorker | undefined;
  /** Where to go on when Kafka has no longer what was to be read. */
  readonly onOutOfRange: (fetched: Extract<Fetched, { readonly kind: "out-of-range" }>) => void;
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
  const read = async (node: number, positions: readonly Position[]) => {
    try {
      const fetched = await member.fetch(node, positions);
      failures = 0;
      ports.onRead();
      const hasRoom = fetched.map((one) => handOver(one, ports)).every((isTaken) => isTaken);
      if (!hasRoom) await pause(NO_ROOM_MS, stopping.signal);
    } catch (error) {
      await failed(error);
    }
  };
  const askBrokers = async (wanted: readonly Position[]) => {
    const leaders = await member.leaders(wanted);
    for (const [node, places] of leaders) {
      if (busy.has(node) || stopping.signal.aborted) continue;
      const own = new Set(places.map(keyOf));
      const positions = wanted.filter((one) => own.has(keyOf(one)));
      const done = read(node, positions).then(() => {
        busy.delete(node);
        look();
      });
      busy.set(node, done);
    }
  };
  const lookNow = async () => {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false;
      const wanted = [...workers()].flatMap(({ wanted: one }) => one ?? []);
      if (wanted.length === 0) return;
      await askBrokers(wanted).catch(async (error: unknown) => {
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

/** False where there was no room. */
function handOver(fetched: Fetched, { workerOf, onOutOfRange }: ReadingPorts): boolean {
  if (fetched.kind === "out-of-range") {
    onOutOfRange(fetched);
    return true;
  }
  return workerOf(fetched)?.offer(fetched.messages, fetched.next) ?? true;
}
