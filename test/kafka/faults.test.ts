import { afterAll, describe, expect } from "vitest";
import { numbersIn } from "../faults/numbered-requests.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type KafkaBroker, startKafka } from "../pipelines/kafka-broker.ts";
import type { Account } from "./account.ts";
import { ARRIVAL_TEST_MS, allArrive } from "./arrival.ts";
import { startLoad } from "./load.ts";

const NEEDS = [kafka(), kcat()];
const STREAMS = { streams: 8, recordsEach: 10 };
const ACCEPTED = "logbert_receiver_accepted_log_records_total";

let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker([jars = "", client = ""]: readonly string[]): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client, { "num.partitions": "4" });
  return broker;
}

type Delivery = "at_least_once" | "exactly_once";

/** A stage of the group that reads `NAME.in` and writes `NAME.out`. */
function startMember(
  address: string,
  name: string,
  delivery: Delivery = "at_least_once",
): Promise<LogbertProcess> {
  return startLogbert({
    settings: {
      receive: {
        kafka: {
          brokers: [address],
          topics: [{ name: `${name}.in` }],
          group_id: name,
          delivery,
          session_timeout_ms: 3_000,
          max_batch_messages: 8,
        },
      },
      forward: { endpoint: `kafka://${address}/${name}.out` },
    },
  });
}

/** Once it has taken so many records. */
function taken(member: LogbertProcess, records: number): Promise<true> {
  return waitFor(`${records} records to be taken`, async () =>
    (await member.metric(ACCEPTED)) >= records ? true : undefined,
  ).catch((cause: unknown) => {
    throw new Error(member.stderr(), { cause });
  });
}

/** Once all of them are in `NAME.out`, as one who reads what was committed sees it. */
function arrived(
  from: KafkaBroker,
  name: string,
  sent: ReadonlyMap<string, number>,
  members: readonly LogbertProcess[],
): Promise<Account> {
  return allArrive({
    address: from.address,
    group: name,
    topic: `${name}.in`,
    sent,
    arrived: () => from.read(`${name}.out`).flatMap(({ value }) => numbersIn(value)),
    members,
  });
}

const total = (sent: ReadonlyMap<string, number>) =>
  [...sent.values()].reduce((sum, count) => sum + count, 0);

describe.each<Delivery>(["at_least_once", "exactly_once"])("every record arrives: %s", (delivery) => {
  const expectDelivered = (fault: string, sent: ReadonlyMap<string, number>, account: Account) => {
    process.stderr.write(
      `${delivery}, ${fault}: ${total(sent)} records, ${account.repeated} of them again\n`,
    );
    expect(account.disordered).toBe(0);
    if (delivery === "exactly_once") expect(account.repeated).toBe(0);
  };

  testWith(
    NEEDS,
    "when a member joins under load, and one is killed",
    async (paths) => {
      const name = `${delivery}.kill`;
      const shared = await sharedBroker(paths);
      const load = startLoad(shared.address, `${name}.in`, { ...STREAMS, group: name });
      const first = await startMember(shared.address, name, delivery);
      await taken(first, 500);
      const second = await startMember(shared.address, name, delivery);
      await taken(second, 500);
      await first.kill();
      const before = await second.metric(ACCEPTED);
      await taken(second, before + 2_000);
      const sent = await load.stop();
      const account = await arrived(shared, name, sent, [first, second]);
      expectDelivered("kill -9 and a rebalance", sent, account);
      expect(await second.stop()).toBe(0);
    },
    ARRIVAL_TEST_MS,
  );

  testWith(
    NEEDS,
    "when a broker restarts under load",
    async (paths) => {
      const name = `${delivery}.restart`;
      const shared = await sharedBroker(paths);
      const load = startLoad(shared.address, `${name}.in`, { ...STREAMS, group: name });
      const member = await startMember(shared.address, name, delivery);
      await taken(member, 500);
      await shared.restart();
      const before = await member.metric(ACCEPTED);
      await taken(member, before + 1_000);
      const sent = await load.stop();
      expectDelivered("restart of the broker", sent, await arrived(shared, name, sent, [member]));
      expect(await member.stop()).toBe(0);
    },
    ARRIVAL_TEST_MS,
  );
});

testWith(
  NEEDS,
  "a member that is stopped has told the group everything: nothing comes again",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const load = startLoad(shared.address, "drain.in", { ...STREAMS, group: "drain" });
    const first = await startMember(shared.address, "drain");
    await taken(first, 500);
    expect(await first.stop()).toBe(0);
    const second = await startMember(shared.address, "drain");
    await taken(second, 500);
    const sent = await load.stop();
    expect(await arrived(shared, "drain", sent, [first, second])).toEqual({
      missing: 0,
      repeated: 0,
      disordered: 0,
    });
    expect(await second.stop()).toBe(0);
  },
  ARRIVAL_TEST_MS,
);
