import { type Admin, ListOffsetTimestamps } from "@platformatic/kafka";

/** How far a group has told that it is, by partition; partitions of which it has told nothing are left out. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  const [group] = await admin.listConsumerGroupOffsets({ groups: [groupId] });
  const partitions = group?.topics.find(({ name }) => name === topic)?.partitions ?? [];
  return new Map(
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
  );
}

/** Where each partition of a topic ends. */
export async function endOffsets(admin: Admin, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const count = (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitionsCount ?? 0;
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: ListOffsetTimestamps.LATEST,
  }));
  const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  return new Map(found?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
}
