import { type BaseOptions, Consumer } from "@platformatic/kafka";
import type { Position } from "./messages.ts";

/** Commits as the member of one division of the partitions; rejects where the group, or this member, has gone on to another. */
export type Commit = (positions: readonly Position[]) => Promise<void>;

/** Commits offsets in the name of a group's member. */
export interface Committer {
  /** The member has come to another division. */
  become(memberId: string, generation: number): void;
  /** As of the last division; what it is told later than the next one is not committed any more. */
  current(): Commit;
  close(): Promise<void>;
}

/**
 * Commits by clients that never join: the member itself would answer a commit that comes too late by joining again, and then
 * commit it over its successor. One client for each division, because a client reads its generation only when it sends: what
 * was settled in one could go out as of the next, in which the partition is another's.
 * @param topics those that the member reads
 */
export function createCommitter(
  options: BaseOptions & { readonly groupId: string },
  topics: () => readonly string[],
): Committer {
  let client: Consumer | undefined;
  const close = async () => {
    const old = client;
    client = undefined;
    await old?.close();
  };
  return {
    become(memberId, generation) {
      void close().catch(() => undefined);
      client = new Consumer({ ...options, retries: 0 });
      client.memberId = memberId;
      client.generationId = generation;
      for (const topic of topics()) client.topics.track(topic);
    },
    current() {
      const own = client;
      return async (positions) => {
        if (own === undefined) throw new Error("the group was not joined yet");
        await own.commit({ offsets: positions.map((one) => ({ ...one, leaderEpoch: -1 })) });
      };
    },
    close,
  };
}
