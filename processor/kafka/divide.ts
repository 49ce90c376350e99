import type { GroupPartitionsAssigner } from "@platformatic/kafka";

/**
 * Divides the partitions of each topic between the members that read it, one after the other. The client's own division knows the
 * topics of one member only: while members read different ones it gives them partitions that they do not read, and leaves others
 * out. By the members' names, so that who stays keeps what it can.
 */
export const dividePartitions: GroupPartitionsAssigner = (_current, members, _topics, metadata) => {
  const ids = [...members.keys()].toSorted();
  const assigned = ids.map((memberId) => ({
    memberId,
    assignments: new Map<string, { topic: string; partitions: number[] }>(),
  }));
  const topics = new Set([...members.values()].flatMap((member) => member.topics ?? []));
  let turn = 0;
  for (const topic of [...topics].toSorted()) {
    const readers = assigned.filter(({ memberId }) => members.get(memberId)?.topics?.includes(topic));
    const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
    for (let partition = 0; partition < count; partition += 1, turn += 1) {
      const { assignments } = readers[turn % readers.length] ?? {};
      const own = assignments?.get(topic) ?? { topic, partitions: [] };
      own.partitions.push(partition);
      assignments?.set(topic, own);
    }
  }
  return assigned;
};
