import { setTimeout as delay } from "node:timers/promises";
import { Admin, defaultPartitioner } from "@platformatic/kafka";
import type { NumberedRecord } from "../faults/numbered-requests.ts";
import type { LogbertProcess } from "../helpers/logbert-process.ts";
import { type Account, accountOf, gapsOf } from "./account.ts";
import { committedOffsets, endOffsets } from "./group-offsets.ts";

/** The way of a load's records. */
export interface Route {
  /** host:port of brokers, with commas between them. */
  readonly address: string;
  readonly group: string;
  /** What the group reads. */
  readonly topic: string;
  /** How many records each stream has, which are numbered from 0; all of them are in the topic. */
  readonly sent: ReadonlyMap<string, number>;
  /** What has come out behind the group. */
  readonly arrived: () => readonly NumberedRecord[];
  /** Those of the group, also those that were killed. */
  readonly members: readonly Pick<LogbertProcess, "stderr">[];
}

/** Of a test that waits for all records: each of its steps has a bound of its own, and says what it has waited for. */
export const ARRIVAL_TEST_MS = 300_000;

/** Longer than anything that a member waits for: its session, the group's division, the pause before another try. */
const QUIET_MS_MAX = 60_000;
const POLL_MS = 500;
const STDERR_CHARACTERS = 4_000;

/**
 * Comes back when all records have arrived, which takes a slow machine as long as it takes. Rejects when none has arrived for a
 * minute, and at once when the group has committed what has not arrived; says what is missing where, and what members have told.
 */
export async function allArrive(route: Route): Promise<Account> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: route.address.split(",") });
  let least = Number.POSITIVE_INFINITY;
  let leastAt = performance.now();
  try {
    for (;;) {
      // Before it is looked at what has arrived: what is committed by now has to be there then.
      const progress = await progressOf(admin, route);
      const arrived = route.arrived();
      const account = accountOf(route.sent, arrived);
      if (account.missing === 0) return account;
      if (account.missing < least) [least, leastAt] = [account.missing, performance.now()];
      if (progress.every(({ committed, end }) => committed >= end))
        throw new Error(
          report("LOST: the group has committed all of the topic, but", progress, arrived, route),
        );
      if (performance.now() - leastAt > QUIET_MS_MAX)
        throw new Error(
          report(`STALLED: nothing more came for ${QUIET_MS_MAX} ms;`, progress, arrived, route),
        );
      await delay(POLL_MS);
    }
  } finally {
    await admin.close();
  }
}

interface Progress {
  readonly partition: number;
  readonly committed: bigint;
  readonly end: bigint;
}

async function progressOf(admin: Admin, { group, topic }: Route): Promise<readonly Progress[]> {
  const committed = await committedOffsets(admin, group, topic);
  const ends = await endOffsets(admin, topic);
  return [...ends].map(([partition, end]) => ({ partition, committed: committed.get(partition) ?? 0n, end }));
}

function report(
  what: string,
  progress: readonly Progress[],
  arrived: readonly NumberedRecord[],
  { topic, sent, members }: Route,
): string {
  const gaps = Map.groupBy(
    gapsOf(sent, arrived),
    ({ stream }) => defaultPartitioner({ topic }, Buffer.from(stream)) % progress.length,
  );
  return [
    `${what} ${accountOf(sent, arrived).missing} records have not arrived`,
    ...progress.map(({ partition, committed, end }) => {
      const missing = gaps.get(partition)?.map(({ stream, from, to }) => `${stream} ${from} to ${to}`) ?? [];
      return `partition ${partition}: committed ${committed} of ${end} messages; missing: ${missing.join(", ")}`;
    }),
    ...members.map(({ stderr }, i) => `member ${i}: ${stderr().slice(-STDERR_CHARACTERS)}`),
  ].join("\n");
}
