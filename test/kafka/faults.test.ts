import { afterAll, expect } from "vitest";
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

/** A stage of the group that reads `NAME.in` and writes `NAME.out`. */
function startMember(address: string, name: string): Promise<LogbertProcess> {
  return startLogbert({
    settings: {
      receive: {
        kafka: {
          brokers: [address],
          topics: [{ name: `${name}.in` }],
          group_id: name,
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

/** Once all of them are in `NAME.out`. */
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

testWith(
  NEEDS,
  "a member that joins under load, and one that is killed: every record arrives",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const load = startLoad(shared.address, "kill.in", { ...STREAMS, group: "kill" });
    const first = await startMember(shared.address, "kill");
    await taken(first, 500);
    const second = await startMember(shared.address, "kill");
    await taken(second, 500);
    await first.kill();
    const before = await second.metric(ACCEPTED);
    await taken(second, before + 2_000);
    const sent = await load.stop();
    const { repeated, disordered } = await arrived(shared, "kill", sent, [first, second]);
    process.stderr.write(`kill -9 and a rebalance: ${total(sent)} records, ${repeated} of them again\n`);
    expect(disordered).toBe(0);
    expect(await second.stop()).toBe(0);
  },
  ARRIVAL_TEST_MS,
);

testWith(
  NEEDS,
  "a broker that restarts under load loses nothing",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const load = startLoad(shared.address, "restart.in", { ...STREAMS, group: "restart" });
    const member = await startMember(shared.address, "restart");
    await taken(member, 500);
    await shared.restart();
    const before = await member.metric(ACCEPTED);
    await taken(member, before + 1_000);
    const sent = await load.stop();
    const { repeated, disordered } = await arrived(shared, "restart", sent, [member]);
    process.stderr.write(`restart of the broker: ${total(sent)} records, ${repeated} of them again\n`);
    expect(disordered).toBe(0);
    expect(await member.stop()).toBe(0);
  },
  ARRIVAL_TEST_MS,
);

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
