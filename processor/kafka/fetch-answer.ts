import type { Consumer, RecordsBatch } from "@platformatic/kafka";
import type { Fetched, KafkaMessage, Position } from "./messages.ts";

type FetchResponse = Awaited<ReturnType<Consumer["fetch"]>>;
type FetchedPartition = FetchResponse["responses"][number]["partitions"][number];

/** What a broker was asked for: the topics' names by their ids, and where was to be read on. */
export interface FetchQuestion {
  readonly names: ReadonlyMap<string, string>;
  readonly positions: readonly Position[];
}

/** The client's attributes of a batch (Kafka's record batch format). */
const IS_TRANSACTIONAL = 0b010000;
const IS_CONTROL = 0b100000;
const OFFSET_OUT_OF_RANGE = 1;

/** What was read. */
export function fetchedOf(response: FetchResponse, question: FetchQuestion): readonly Fetched[] {
  return answersIn(response, question).flatMap(([position, partition]): readonly Fetched[] => {
    const { records } = partition;
    if (!Array.isArray(records) || records.length === 0) return [];
    return [messagesOf(position, records, partition.abortedTransactions ?? [])];
  });
}

/** The partitions that have nothing at the offset that was asked for; none where it failed for other reasons. */
export function outOfRangeOf(error: unknown, question: FetchQuestion): readonly Fetched[] {
  const response = responseIn(error);
  if (response === undefined) return [];
  return answersIn(response, question).flatMap(([{ topic, partition }, { errorCode }]): readonly Fetched[] =>
    errorCode === OFFSET_OUT_OF_RANGE ? [{ kind: "out-of-range", topic, partition }] : [],
  );
}

function answersIn(
  { responses }: FetchResponse,
  { names, positions }: FetchQuestion,
): readonly (readonly [Position, FetchedPartition])[] {
  const asked = new Map(positions.map((one) => [`${one.topic}/${one.partition}`, one]));
  return responses.flatMap(({ topicId, partitions }) =>
    partitions.flatMap((partition): (readonly [Position, FetchedPartition])[] => {
      const position = asked.get(`${names.get(topicId)}/${partition.partitionIndex}`);
      return position === undefined ? [] : [[position, partition]];
    }),
  );
}

function messagesOf(
  { topic, partition, offset }: Position,
  batches: readonly RecordsBatch[],
  aborted: readonly AbortedTransaction[],
): Fetched {
  const messages: KafkaMessage[] = [];
  const isCommitted = createIsCommitted(aborted);
  let next = offset;
  for (const batch of batches) {
    const last = lastOffsetOf(batch);
    if (last >= next) next = last + 1n;
    if (!isCommitted(batch)) continue;
    for (const { offsetDelta, timestampDelta, key, value } of batch.records) {
      const at = batch.firstOffset + BigInt(offsetDelta);
      // A batch is read whole, also what stands before the offset that was asked for.
      if (at < offset) continue;
      const timestampMs = Number(batch.firstTimestamp + timestampDelta);
      messages.push({
        topic,
        partition,
        offset: at,
        timestampMs,
        key: key ?? undefined,
        value: value ?? undefined,
      });
    }
  }
  return { kind: "messages", topic, partition, messages, next };
}

/** A transaction of which nothing is to be read: from that offset on, up to the mark of its end. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** Of a batch, what says whether it is to be read. */
type BatchHead = Pick<RecordsBatch, "firstOffset" | "lastOffsetDelta" | "attributes" | "producerId">;

/**
 * Whether a batch is to be read: no mark of a transaction's end, and of no transaction that was aborted. To be asked batch by
 * batch in their order, as Kafka's own consumer does. The client itself leaves out the last aborted transaction of each
 * producer, and that only where the answer also has its end.
 */
export function createIsCommitted(aborted: readonly AbortedTransaction[]): (batch: BatchHead) => boolean {
  const coming = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  return (batch) => {
    const last = lastOffsetOf(batch);
    for (let first = coming[0]; first !== undefined && first.firstOffset <= last; first = coming[0]) {
      open.add(first.producerId);
      coming.shift();
    }
    if ((batch.attributes & IS_CONTROL) !== 0) {
      open.delete(batch.producerId);
      return false;
    }
    return (batch.attributes & IS_TRANSACTIONAL) === 0 || !open.has(batch.producerId);
  };
}

function lastOffsetOf({ firstOffset, lastOffsetDelta }: BatchHead): bigint {
  return firstOffset + BigInt(lastOffsetDelta);
}

/** What the broker has answered, the last time where the client has tried several times. */
function responseIn(error: unknown): FetchResponse | undefined {
  if (!(error instanceof AggregateError)) return undefined;
  if ("response" in error && isFetchResponse(error.response)) return error.response;
  return responseIn(error.errors.at(-1));
}

function isFetchResponse(value: unknown): value is FetchResponse {
  return (
    typeof value === "object" && value !== null && "responses" in value && Array.isArray(value.responses)
  );
}
