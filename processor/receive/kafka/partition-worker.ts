import type { KafkaMessage, Place, Position } from "../../kafka/messages.ts";
import type { Admission, Reservation } from "../limits.ts";
import { type BatchLimits, createPartitionLog } from "./partition-log.ts";
import { type Pause, pauseMs } from "./pauses.ts";

/** What works off one partition. */
export interface PartitionWorker extends Place {
  /** Where to read on; undefined while there is enough to do. */
  readonly wanted: Position | undefined;
  /** Up to where everything is settled. */
  readonly settled: Position;
  /** Gives it what was read; false where there was not room for all: it takes the first ones, or none. */
  offer(messages: readonly KafkaMessage[], next: bigint): boolean;
  /** Works off what was read, and reads no more. */
  complete(): Promise<void>;
  /** Begins no further batch; comes back when the one in flight is settled, or was let go of. */
  finish(): Promise<void>;
  /** Lets go of what is in flight, unsettled, and finishes. */
  abandon(): Promise<void>;
}

/** What a worker needs. */
export interface WorkerPorts {
  readonly admission: Admission;
  readonly batchMessagesMax: number;
  readonly batchBytesMax: number;
  /** As `deliver`. */
  readonly deliver: (messages: readonly KafkaMessage[], signal: AbortSignal) => Promise<void>;
  /** As of the member: while it is false no batch is begun. */
  readonly isCurrent: () => boolean;
  readonly pause: Pause;
  /** Something was settled, so that more is wanted, or can be committed. */
  readonly onSettled: () => void;
  /** Something of ours broke: the worker does no more. */
  readonly onBroken: (cause: unknown) => void;
}

/** All that waits of Kafka counts as one client's, which leaves room for others while the next hop is slow. */
const CLIENT = "kafka";
/** About what is held of a message besides its bytes: measured with 4 million of 20 bytes. */
const MESSAGE_BYTES = 400;
/** Answers of brokers that wait at a time: one is worked off while the next is read. */
const CHUNKS_MAX = 2;

/** One batch after the other, in the order of the partition. */
export function createPartitionWorker(from: Position, ports: WorkerPorts): PartitionWorker {
  const { topic, partition } = from;
  const log = createPartitionLog<KafkaMessage>(from.offset);
  const chunks = createChunks();
  const letGo = new AbortController();
  let isComplete = false;
  let isFinishing = false;
  let running: Promise<void> | undefined;

  const work = async () => {
    while (!isFinishing && log.waiting > 0) {
      if (!ports.isCurrent()) await ports.pause(pauseMs(1), letGo.signal);
      else await workOn();
    }
  };
  const workOn = async () => {
    const batch = log.take(limitsOf(ports));
    await ports.deliver(batch, letGo.signal);
    if (letGo.signal.aborted) return;
    log.settle();
    chunks.settle(batch.length);
    ports.onSettled();
  };
  const run = () => {
    running ??= work()
      .catch((error: unknown) => {
        isFinishing = true;
        ports.onBroken(error);
      })
      .finally(() => {
        running = undefined;
        if (!isFinishing && log.waiting > 0) run();
      });
  };
  const finish = async () => {
    isFinishing = true;
    await running;
    chunks.release();
  };

  return {
    topic,
    partition,
    get wanted() {
      return isComplete || isFinishing || chunks.count >= CHUNKS_MAX
        ? undefined
        : { topic, partition, offset: log.next };
    },
    get settled() {
      return { topic, partition, offset: log.settled };
    },
    offer(messages, next) {
      if (isComplete || isFinishing) return true;
      const reservation = ports.admission.open(CLIENT);
      const left = messages.findIndex((message) => !reservation.grow(heldBytesOf(message)));
      const before = log.waiting;
      log.append(left < 0 ? messages : messages.slice(0, left), messages[left]?.offset ?? next);
      const added = log.waiting - before;
      if (added > 0) {
        chunks.add(added, reservation);
        run();
      } else {
        reservation.release();
        // What was passed over, such as the marks of transactions, is settled by itself.
        ports.onSettled();
      }
      return left < 0;
    },
    async complete() {
      isComplete = true;
      await running;
    },
    finish,
    async abandon() {
      letGo.abort(new Error("the partition is read by another member now"));
      await finish();
    },
  };
}

function limitsOf({ batchMessagesMax, batchBytesMax }: WorkerPorts): BatchLimits<KafkaMessage> {
  return { messagesMax: batchMessagesMax, bytesMax: batchBytesMax, bytesOf: sizeOf };
}

function heldBytesOf(message: KafkaMessage): number {
  return sizeOf(message) + MESSAGE_BYTES;
}

function sizeOf({ key, value }: KafkaMessage): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

/** Bytes of the answers that wait: those of each are given back when its last message is settled. */
function createChunks() {
  const chunks: { left: number; readonly reservation: Reservation }[] = [];
  return {
    get count() {
      return chunks.length;
    },
    add: (messages: number, reservation: Reservation) => void chunks.push({ left: messages, reservation }),
    settle(messages: number) {
      let left = messages;
      for (let chunk = chunks[0]; chunk !== undefined && left > 0; chunk = chunks[0]) {
        const taken = Math.min(chunk.left, left);
        chunk.left -= taken;
        left -= taken;
        if (chunk.left > 0) return;
        chunk.reservation.release();
        chunks.shift();
      }
    },
    release() {
      for (const { reservation } of chunks.splice(0)) reservation.release();
    },
  };
}
