import {
  Base,
  Consumer,
  type FetchOptions,
  type GroupAssignment,
  ListOffsetTimestamps,
} from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "./connection.ts";
import { fetchedOf, outOfRangeOf } from "./fetch-answer.ts";
import type { Fetched, Place, Position } from "./messages.ts";

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
  /** A topic has more partitions than when the group was joined: somebody has to join again for them to be read. */
  readonly onGrown: () => void;
}

/** A member of a consumer group. Everything rejects with what the client rejects with. */
export interface GroupMember {
  /** Whether the group is between two assignments of its partitions: nothing can be committed then. */
  readonly isSettled: () => boolean;
  /** Of each place, the broker to read it from. */
  leaders(places: readonly Place[]): Promise<ReadonlyMap<number, readonly Place[]>>;
  /** Reads on at the positions, which one broker has; waits a moment where there is nothing. */
  fetch(node: number, positions: readonly Position[]): Promise<readonly Fetched[]>;
  /** The group's offsets; places without one are left out. */
  committed(places: readonly Place[]): Promise<readonly Position[]>;
  /** Where a partition begins or ends. */
  edges(places: readonly Place[], edge: "earliest" | "latest"): Promise<readonly Position[]>;
  commit(positions: readonly Position[]): Promise<void>;
  leave(): Promise<void>;
}

type FetchRequestTopic = FetchOptions<Buffer, Buffer, Buffer, Buffer>["topics"][number];

/** A broker that has nothing waits so long with its answer. */
const FETCH_WAIT_MS = 250;
/** For a member to come back when the group is divided anew. */
const REBALANCE_MS = 60_000;
const HEARTBEATS_A_SESSION = 4;

/** Joins the group. Rejects when that fails; nothing is left behind then. */
export async function joinGroup(settings: GroupSettings, events: GroupEvents): Promise<GroupMember> {
  const { connection, groupId, topics, sessionTimeoutMs } = settings;
  const options = clientOptions(connection);
  const consumer = new Consumer({
    ...options,
    groupId,
    autocommit: false,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(REBALANCE_MS, sessionTimeoutMs),
    heartbeatInterval: Math.ceil(sessionTimeoutMs / HEARTBEATS_A_SESSION),
    heartbeatStallTimeout: sessionTimeoutMs,
    maxBytes: settings.fetchBytesMax * topics.length,
    maxWaitTime: FETCH_WAIT_MS,
  });
  // Reading waits at the broker: on connections of its own, so that heartbeats and commits do not wait behind it.
  const reading = new Base(options);
  consumer.on("consumer:group:join", ({ memberId, generationId = 0, assignments = [] }) =>
    events.onAssigned({ memberId, generation: generationId, places: assignments.flatMap(placesOf) }),
  );
  consumer.on("consumer:heartbeat:stalled", ({ lastError }) =>
    events.onLost(lastError ?? new Error("no heartbeat has got through")),
  );
  // The client tells so that it could not join again; as an event that nobody hears it would end the process.
  consumer.on("error", events.onLost);
  for (const topic of topics) consumer.topics.track(topic);
  const leave = async () => {
    await Promise.allSettled([consumer.close(true), reading.close()]);
  };
  try {
    await consumer.joinGroup({});
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    ...createReading(consumer, reading, settings, events.onGrown),
    ...createOffsets(consumer),
    isSettled: () => consumer.isActive(),
    leave,
  };
}

function placesOf({ topic, partitions }: GroupAssignment): readonly Place[] {
  return partitions.map((partition) => ({ topic, partition }));
}

function createReading(
  consumer: Consumer,
  reading: Base,
  { topics, fetchBytesMax }: GroupSettings,
  onGrown: () => void,
): Pick<GroupMember, "leaders" | "fetch"> {
  let partitionsBefore: number | undefined;
  const metadata = async () => {
    const current = await consumer.metadata({ topics: [...topics] });
    const partitions = topics.reduce(
      (sum, topic) => sum + (current.topics.get(topic)?.partitionsCount ?? 0),
      0,
    );
    if (partitions > (partitionsBefore ?? partitions)) onGrown();
    partitionsBefore = partitions;
    return current;
  };
  return {
    async leaders(places) {
      const known = (await metadata()).topics;
      return Map.groupBy(
        places,
        ({ topic, partition }) => known.get(topic)?.partitions[partition]?.leader ?? -1,
      );
    },
    async fetch(node, positions) {
      const known = (await metadata()).topics;
      const names = new Map([...known].map(([name, { id }]) => [id, name]));
      const request = [...Map.groupBy(positions, ({ topic }) => known.get(topic)?.id ?? "")].map(
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

function createOffsets(consumer: Consumer): Pick<GroupMember, "committed" | "edges" | "commit"> {
  const pick = (places: readonly Place[], offsets: ReadonlyMap<string, readonly bigint[]>) =>
    places.flatMap(({ topic, partition }): readonly Position[] => {
      const offset = offsets.get(topic)?.[partition];
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
      const offsets = await consumer.listOffsets({
        topics: wanted.map(({ topic }) => topic),
        partitions: Object.fromEntries(wanted.map(({ topic, partitions }) => [topic, partitions])),
        timestamp: edge === "earliest" ? EARLIEST : LATEST,
      });
      return pick(places, offsets);
    },
    async commit(positions) {
      await consumer.commit({ offsets: positions.map((one) => ({ ...one, leaderEpoch: -1 })) });
    },
  };
}

function byTopic(places: readonly Place[]): readonly GroupAssignment[] {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, some]) => ({
    topic,
    partitions: some.map(({ partition }) => partition),
  }));
}
