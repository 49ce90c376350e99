import type { Base, ClusterTopicMetadata } from "@platformatic/kafka";

/** Topics that can be read, and why the others cannot. */
export interface TopicsThere {
  /** Their ids, by their names. */
  readonly ids: ReadonlyMap<string, string>;
  readonly partitions: number;
  readonly away: ReadonlyMap<string, unknown>;
}

/** Asks for each topic alone: of several together the brokers' answer fails with one of them. Rejects where none can be read. */
export async function findTopics(client: Base, topics: readonly string[]): Promise<TopicsThere> {
  const ids = new Map<string, string>();
  const away = new Map<string, unknown>();
  let partitions = 0;
  const look = async (topic: string) => {
    try {
      const { id, partitionsCount } = await topicOf(client, topic);
      ids.set(topic, id);
      partitions += partitionsCount;
    } catch (error) {
      away.set(topic, error);
    }
  };
  await Promise.all(topics.map(look));
  if (ids.size === 0) throw new AggregateError(away.values(), "no topic can be read");
  return { ids, partitions, away };
}

async function topicOf(client: Base, topic: string): Promise<ClusterTopicMetadata> {
  const known = (await client.metadata({ topics: [topic] })).topics.get(topic);
  if (known === undefined) throw new Error(`Unknown topic ${topic}.`);
  return known;
}
