import type { GroupMember } from "../../kafka/group-member.ts";
import type { Place } from "../../kafka/messages.ts";
import type { TransactionalWriter } from "../../kafka/transactional-writer.ts";
import { keyOf } from "./read-on.ts";

/** Opens what writes for a partition in transactions; it claims nothing yet. */
export type OpenWriter = (
  place: Place,
  membership: GroupMember["membership"],
) => Promise<TransactionalWriter>;

/** A writer for each place, for which nobody else writes any more. Rejects where one cannot be had: then there are none. */
export async function claimAll(
  places: readonly Place[],
  open: OpenWriter | undefined,
  membership: GroupMember["membership"],
): Promise<ReadonlyMap<string, TransactionalWriter>> {
  if (open === undefined) return new Map();
  const opened = places.map(async (place) => [keyOf(place), await open(place, membership)] as const);
  const writers = new Map(await Promise.all(opened));
  try {
    await Promise.all([...writers.values()].map((writer) => writer.claim()));
    return writers;
  } catch (error) {
    closeAll(writers.values());
    throw error;
  }
}

export function closeAll(writers: Iterable<TransactionalWriter | undefined>): void {
  for (const writer of writers) writer?.close();
}
