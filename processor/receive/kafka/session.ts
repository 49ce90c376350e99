import type { Assignment, GroupMember } from "../../kafka/group-member.ts";
import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { KafkaMessage, Place, Position } from "../../kafka/messages.ts";
import type { TransactionalWriter } from "../../kafka/transactional-writer.ts";
import type { Admission } from "../limits.ts";
import { claimAll, closeAll, type OpenWriter } from "./claims.ts";
import { type Commits, createCommits } from "./commits.ts";
import type { KafkaConfig } from "./config.ts";
import type { OncePartition } from "./deliver-once.ts";
import { createPartitionWorker, type PartitionWorker } from "./partition-worker.ts";
import type { Pause } from "./pauses.ts";
import { createReading, keyOf } from "./read-on.ts";

/** A member's work, from its joining to its leaving. */
export interface Session {
  /** The member has other partitions from now on. */
  assign(assignment: Assignment): void;
  /** Finishes what is in flight and tells the group; what takes longer than so long is let go of, untold. */
  drain(timeoutMs: number): Promise<void>;
  /** Lets go of everything, untold: another member, or another session, begins where the group was told last. */
  abandon(): Promise<void>;
}

/** What a session needs. */
export interface SessionPorts {
  readonly member: GroupMember;
  readonly config: KafkaConfig;
  readonly admission: Admission;
  /** `once` where offsets go with what came of the messages ({@link SessionPorts.openWriter}). */
  readonly deliver: (
    messages: readonly KafkaMessage[],
    signal: AbortSignal,
    once: OncePartition | undefined,
  ) => Promise<void>;
  /** Opens what writes for a partition in transactions; undefined: offsets are committed after what came of the messages. */
  readonly openWriter: OpenWriter | undefined;
  /** After what has failed. */
  readonly pause: Pause;
  readonly warn: (details: object, message: string) => void;
  /** Reading goes well, or has failed so many times in a row. */
  readonly onRead: () => void;
  readonly onFailed: (cause: unknown, times: number) => void;
  /** The session cannot go on. */
  readonly onBroken: (cause: unknown) => void;
}

/** Has a worker for each partition of the member, reads on for them, and commits what they have settled. */
export function startSession(ports: SessionPorts): Session {
  const { member, pause } = ports;
  const workers: Workers = new Map();
  let last: Assignment | undefined;
  let isOver = false;

  const onSettled = () => {
    commits.look();
    reading.look();
  };
  const commits = ports.openWriter === undefined ? createSessionCommits(ports, workers) : NO_COMMITS;
  const reading = createReading({
    member,
    pause,
    workers: () => [...workers.values()].map(({ worker }) => worker),
    onOutOfRange: (worker) =>
      void goOnElsewhere(worker, workers, ports, onSettled).then(() => reading.look(), ports.onBroken),
    onRead: ports.onRead,
    onFailed: ports.onFailed,
  });
  const assign = async (assignment: Assignment) => {
    const before = last;
    last = assignment;
    // After a division that we missed, what was ours may have been others' for a while.
    const isNext =
      before?.memberId === assignment.memberId && before.generation + 1 === assignment.generation;
    keep(isNext ? assignment.places : [], workers);
    const added = assignment.places.filter((place) => !workers.has(keyOf(place)));
    // Only then the group's offsets are what they will stay.
    const writers = await claimAll(added, ports.openWriter, member.membership);
    const [committed, begun] = await startPositions(added, ports).catch((error: unknown) => {
      closeAll(writers.values());
      throw error;
    });
    if (last !== assignment || isOver) return closeAll(writers.values());
    commits.know(committed);
    for (const position of [...committed, ...begun]) {
      const key = keyOf(position);
      workers.set(key, hold(position, writers.get(key), ports, onSettled));
    }
    onSettled();
  };

  return {
    assign: (assignment) => void assign(assignment).catch(ports.onBroken),
    async drain(timeoutMs) {
      isOver = true;
      const cut = setTimeout(() => {
        for (const { worker } of workers.values()) void worker.abandon();
      }, timeoutMs);
      const finished = [...workers.values()].map(({ worker }) => worker.finish());
      await Promise.all([reading.stop(), ...finished]);
      clearTimeout(cut);
      await commits.flush();
      closeAll([...workers.values()].map(({ writer }) => writer));
    },
    async abandon() {
      isOver = true;
      keep([], workers);
      await reading.stop();
    },
  };
}

/** What works off a partition, and writes for it in transactions. */
interface Held {
  readonly worker: PartitionWorker;
  readonly writer: TransactionalWriter | undefined;
}
type Workers = Map<string, Held>;

function hold(
  position: Position,
  writer: TransactionalWriter | undefined,
  { admission, config, deliver, member, onBroken, pause }: SessionPorts,
  onSettled: () => void,
): Held {
  const { isCurrent } = member;
  const { topic, partition } = position;
  const committed = async () => (await member.committed([{ topic, partition }]))[0]?.offset;
  const once = writer === undefined ? undefined : { writer, committed, isCurrent };
  const worker = createPartitionWorker(position, {
    admission,
    batchMessagesMax: config.max_batch_messages,
    batchBytesMax: config.max_batch_bytes,
    deliver: (messages, signal) => deliver(messages, signal, once),
    isCurrent,
    pause,
    onSettled,
    onBroken,
  });
  return { worker, writer };
}

const NO_COMMITS: Commits = { look: () => undefined, know: () => undefined, flush: async () => undefined };

function createSessionCommits({ member, pause, warn }: SessionPorts, workers: Workers): Commits {
  return createCommits({
    member,
    pause,
    settled: () => [...workers.values()].map(({ worker }) => worker.settled),
    onFailed: (cause) => warn({ reason: kafkaProblemOf(cause).text }, "offsets could not be committed yet"),
  });
}

/** Lets go of all other partitions. */
function keep(places: readonly Place[], workers: Workers): void {
  const kept = new Set(places.map(keyOf));
  for (const [key, { worker, writer }] of workers) {
    if (kept.has(key)) continue;
    workers.delete(key);
    void worker.abandon().then(() => writer?.close());
  }
}

/** What was read before goes on; it has nothing to do with where reading goes on. */
async function goOnElsewhere(
  worker: PartitionWorker,
  workers: Workers,
  ports: SessionPorts,
  onSettled: () => void,
): Promise<void> {
  const { topic, partition } = worker;
  const key = keyOf(worker);
  const held = workers.get(key);
  if (held?.worker !== worker) return;
  ports.warn(
    { topic, partition },
    "what was to be read of a partition is not there any more: Kafka has deleted it",
  );
  await worker.complete();
  const [edge] = await ports.member.edges([{ topic, partition }], ports.config.initial_offset);
  if (edge === undefined) throw new Error(`${topic} has no partition ${partition} any more`);
  if (workers.get(key) !== held) return;
  workers.set(key, hold(edge, held.writer, ports, onSettled));
}

/**
 * Where the group has got to, and where it begins for the first time. A beginning at the end is written down at once: after a
 * crash it would be further on, and what was in between never read.
 */
async function startPositions(
  places: readonly Place[],
  { member, config }: SessionPorts,
): Promise<readonly [committed: readonly Position[], begun: readonly Position[]]> {
  const committed = await member.committed(places);
  const known = new Set(committed.map(keyOf));
  const begun = await member.edges(
    places.filter((place) => !known.has(keyOf(place))),
    config.initial_offset,
  );
  if (config.initial_offset === "earliest" || begun.length === 0) return [committed, begun];
  await member.commit(begun);
  return [[...committed, ...begun], []];
}
