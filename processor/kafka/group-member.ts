import {
  type API,
  Base,
  type Callback,
  type Connection,
  Consumer,
  type FetchOptions,
  type GroupAssignment,
  kGetApi,
  ListOffsetTimestamps,
} from "@platformatic/kafka";
import { type Committer, createCommitter } from "./committer.ts";
import { clientOptions, type KafkaConnection } from "./connection.ts";
import { dividePartitions } from "./divide.ts";
import { fetchedOf, outOfRangeOf } from "./fetch-answer.ts";
import type { Fetched, Place, Position } from "./messages.ts";
import { findTopics, type TopicsThere } from "./topics-there.ts";
import type { Membership } from "./transactional-writer.ts";

/** How a group is joined. */
export interface GroupSettings {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** A member that is silent for so long has gone. */
  readonly sessionTimeoutMs: number;
  /** Of one partition in one answer; a single message may be larger. */
  readonly fetchBytesMax: number;
}

/** Which partitions a member has from now on. */
export interface Assignment {
  /** Another one than before: whatever was had before may have been others' meanwhile. */
  readonly memberId: string;
  readonly generation: number;
  readonly places: readonly Place[];
}

/** What a member is told. */
export interface GroupEvents {
  readonly onAssigned: (assignment: Assignment) => void;
  /** Its membership cannot go on. */
  readonly onLost: (cause: unknown) => void;
  /** There is more to read than when the group was joined, partitions or a topic: somebody has to join again for it to be read. */
  readonly onGrown: () => void;
  /** A topic cannot be read now; the others are. */
  readonly onAway: (topic: string, cause: unknown) => void;
}

/** A member of a consumer group. Everything rejects with what the client rejects with. */
export interface GroupMember {
  /** False where the group has not heard of the member for so long that another may have its partitions: it may have been stopped meanwhile. */
  readonly isCurrent: () => boolean;
  /** Of each place, the broker to read it from. */
  leaders<P extends Place>(places: readonly P[]): Promise<ReadonlyMap<number, readonly P[]>>;
  /** Reads on at the positions, which one broker has; waits a moment where there is nothing. */
  fetch(node: number, positions: readonly Position[]): Promise<readonly Fetched[]>;
  /** The group's offsets; places without one are left out. */
  committed(places: readonly Place[]): Promise<readonly Position[]>;
  /** Where a partition begins or ends. */
  edges(places: readonly Place[], edge: "earliest" | "latest"): Promise<readonly Position[]>;
  /** As the member of the last division that it was told; rejects where the group has gone on, with or without it. */
  commit(positions: readonly Position[]): Promise<void>;
  /** As what it commits within a transaction: as of the last division, too. */
  membership(): Promise<Membership>;
  leave(): Promise<void>;
}

type FetchRequestTopic = FetchOptions<Buffer, Buffer, Buffer, Buffer>["topics"][number];

/** A broker that has nothing waits so long with its answer. */
const FETCH_WAIT_MS = 250;
/** For a member to come back when the group is divided anew. */
const REBALANCE_MS = 60_000;
const HEARTBEATS_A_SESSION = 4;
/** Between two looks for topics that were away. */
const LOOK_MS = 5_000;

/** Joins the group. Rejects when that fails; nothing is left behind then. */
export async function joinGroup(settings: GroupSettings, events: GroupEvents): Promise<GroupMember> {
  const options = clientOptions(settings.connection);
  // Reading waits at the broker: on connections of its own, so that heartbeats and commits do not wait behind it.
  const reading = new Base(options);
  const consumer = createConsumer(settings);
  const committer = createCommitter({ ...options, groupId: settings.groupId }, () => consumer.topics.current);
  let looking: NodeJS.Timeout | undefined;
  const leave = async () => {
    clearInterval(looking);
    await Promise.allSettled([consumer.close(true), committer.close(), reading.close()]);
  };
  let division = { memberId: "", generation: -1 };
  let heartbeatAt = 0;
  let heardAt = 0;
  consumer.on("consumer:heartbeat:start", () => {
    heartbeatAt = performance.now();
  });
  consumer.on("consumer:heartbeat:end", () => {
    heardAt = heartbeatAt;
  });
  consumer.on("consumer:group:join", ({ memberId, generationId = 0, assignments = [] }) => {
    heardAt = performance.now();
    committer.become(memberId, generationId);
    division = { memberId, generation: generationId };
    events.onAssigned({ memberId, generation: generationId, places: assignments.flatMap(placesOf) });
  });
  consumer.on("consumer:heartbeat:stalled", ({ lastError }) =>
    events.onLost(lastError ?? new Error("no heartbeat has got through")),
  );
  // The client tells so that it could not join again; as an event that nobody hears it would end the process.
  consumer.on("error", events.onLost);
  try {
    const there = await findTopics(reading, settings.topics);
    for (const topic of there.ids.keys()) consumer.topics.track(topic);
    for (const [topic, cause] of there.away) events.onAway(topic, cause);
    if (there.away.size > 0) {
      const look = () => findTopics(reading, [...there.away.keys()]).then(events.onGrown, () => undefined);
      looking = setInterval(() => void look(), LOOK_MS);
    }
    const metadata = createMetadata(consumer, there, events);
    await consumer.joinGroup({});
    return {
      ...createReading(consumer, reading, settings, { metadata, ids: there.ids }),
      ...createOffsets(consumer, committer, metadata),
      isCurrent: () => performance.now() - heardAt < settings.sessionTimeoutMs,
      membership: async () => {
        const { memberId, generation } = division;
        return { consumer, memberId, generation, coordinator: await consumer.findGroupCoordinator() };
      },
      leave,
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/**
 * What another one has begun to commit, by a transaction that may yet be ended, is waited for (KIP-447): brokers before 4.0 may
 * still tell the offset before it for a moment after that one was shut out. The client asks for the last one that is certain.
 */
class PatientConsumer extends Consumer {
  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    super[kGetApi]<Arguments, Response>(name, (error, api) => {
      if (name !== "OffsetFetch" || api === undefined) return callback(error, api);
      const patient = (connection: Connection, ...given: unknown[]) => {
        const [groups, , ...answer] = given;
        (api as unknown as OffsetFetch)(connection, groups, true, ...answer);
      };
      return callback(null, Object.assign(patient, api) as never);
    });
  }
}

type OffsetFetch = (connection: Connection, groups: unknown, isStable: boolean, ...answer: unknown[]) => void;

function createConsumer({ connection, groupId, topics, sessionTimeoutMs, fetchBytesMax }: GroupSettings) {
  return new PatientConsumer({
    ...clientOptions(connection),
    groupId,
    autocommit: false,
    partitionAssigner: dividePartitions,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(REBALANCE_MS, sessionTimeoutMs),
    heartbeatInterval: Math.ceil(sessionTimeoutMs / HEARTBEATS_A_SESSION),
    heartbeatStallTimeout: sessionTimeoutMs,
    maxBytes: fetchBytesMax * topics.length,
    maxWaitTime: FETCH_WAIT_MS,
  });
}

type Metadata = Awaited<ReturnType<Consumer["metadata"]>>;

/** What the brokers know of the topics, some seconds old at most; rejects where one is not the one that was joined for. */
function createMetadata(
  consumer: Consumer,
  { ids, partitions }: TopicsThere,
  { onGrown, onLost }: GroupEvents,
): () => Promise<Metadata> {
  return async () => {
    const current = await consumer.metadata({ topics: [...ids.keys()] });
    const counts = [...current.topics.values()].map(({ partitionsCount }) => partitionsCount);
    if (counts.reduce((sum, count) => sum + count, 0) > partitions) onGrown();
    for (const [topic, id] of ids) {
      if (current.topics.get(topic)?.id === id) continue;
      // Its offsets mean other messages now, and must be neither read on at nor committed.
      const cause = new Error(`${topic} is another topic of the same name now`);
      onLost(cause);
      throw cause;
    }
    return current;
  };
}

function placesOf({ topic, partitions }: GroupAssignment): readonly Place[] {
  return partitions.map((partition) => ({ topic, partition }));
}

function createReading(
  consumer: Consumer,
  reading: Base,
  { fetchBytesMax }: GroupSettings,
  { metadata, ids }: { readonly metadata: () => Promise<Metadata>; readonly ids: TopicsThere["ids"] },
): Pick<GroupMember, "leaders" | "fetch"> {
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return {
    async leaders(places) {
      const known = (await metadata()).topics;
      return Map.groupBy(
        places,
        ({ topic, partition }) => known.get(topic)?.partitions[partition]?.leader ?? -1,
      );
    },
    async fetch(node, positions) {
      const request = [...Map.groupBy(positions, ({ topic }) => ids.get(topic) ?? "")].map(
        ([topicId, wanted]): FetchRequestTopic => ({
          topicId,
          partitions: wanted.map(({ partition, offset }) => ({
            partition,
            fetchOffset: offset,
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            partitionMaxBytes: fetchBytesMax,
          })),
        }),
      );
      const question = { names, positions };
      try {
        const response = await consumer.fetch({ node, topics: request, connectionPool: reading.connections });
        return fetchedOf(response, question);
      } catch (error) {
        const outOfRange = outOfRangeOf(error, question);
        if (outOfRange.length === 0) throw error;
        return outOfRange;
      }
    },
  };
}

function createOffsets(
  consumer: Consumer,
  committer: Committer,
  metadata: () => Promise<Metadata>,
): Pick<GroupMember, "committed" | "edges" | "commit"> {
  const pick = (places: readonly Place[], found: ReadonlyMap<string, readonly bigint[]>) =>
    places.flatMap(({ topic, partition }): readonly Position[] => {
      const offset = found.get(topic)?.[partition];
      return offset === undefined || offset < 0n ? [] : [{ topic, partition, offset }];
    });
  return {
    async committed(places) {
      if (places.length === 0) return [];
      return pick(places, await consumer.listCommittedOffsets({ topics: [...byTopic(places)] }));
    },
    async edges(places, edge) {
      if (places.length === 0) return [];
      const { EARLIEST, LATEST } = ListOffsetTimestamps;
      const wanted = [...byTopic(places)];
      const found = await consumer.listOffsets({
        topics: wanted.map(({ topic }) => topic),
        partitions: Object.fromEntries(wanted.map(({ topic, partitions }) => [topic, partitions])),
        timestamp: edge === "earliest" ? EARLIEST : LATEST,
      });
      return pick(places, found);
    },
    async commit(positions) {
      const commit = committer.current();
      await metadata();
      await commit(positions);
    },
  };
}

function byTopic(places: readonly Place[]): readonly GroupAssignment[] {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, some]) => ({
    topic,
    partitions: some.map(({ partition }) => partition),
  }));
}
