import { Admin } from "@platformatic/kafka";
import { afterAll, expect } from "vitest";
import { numbersIn } from "../faults/numbered-requests.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type KafkaBroker, startKafka } from "../pipelines/kafka-broker.ts";
import type { Account } from "./account.ts";
import { ARRIVAL_TEST_MS, allArrive } from "./arrival.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";
import { startLoad } from "./load.ts";

const NEEDS = [kafka(), kcat()];
const STREAMS = { streams: 8, recordsEach: 10 };
const ACCEPTED = "logbert_receiver_accepted_log_records_total";
const ONCE: Account = { missing: 0, repeated: 0, disordered: 0 };

let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker([jars = "", client = ""]: readonly string[]): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client, { "num.partitions": "4" });
  return broker;
}

/** A stage of the group that reads `NAME.in` and writes `NAME.out`, each record once. */
function startMember(address: string, name: string): Promise<LogbertProcess> {
  return startLogbert({
    settings: {
      receive: {
        kafka: {
          brokers: [address],
          topics: [{ name: `${name}.in` }],
          group_id: name,
          delivery: "exactly_once",
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

testWith(
  NEEDS,
  "a member that joins under load, and one that is killed: every record arrives once, in order",
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
    expect(await arrived(shared, "kill", sent, [first, second])).toEqual(ONCE);
    expect(await second.stop()).toBe(0);
  },
  ARRIVAL_TEST_MS,
);

testWith(
  NEEDS,
  "a broker that restarts under load neither loses nor repeats a record",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const load = startLoad(shared.address, "restart.in", { ...STREAMS, group: "restart" });
    const member = await startMember(shared.address, "restart");
    await taken(member, 500);
    await shared.restart();
    const before = await member.metric(ACCEPTED);
    await taken(member, before + 1_000);
    const sent = await load.stop();
    expect(await arrived(shared, "restart", sent, [member])).toEqual(ONCE);
    expect(await member.stop()).toBe(0);
  },
  ARRIVAL_TEST_MS,
);

testWith(
  NEEDS,
  "what the topic never takes goes to the dead letters, once, and what is around it goes on",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const { address, produce, read } = shared;
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
    const configs = [{ name: "max.message.bytes", value: "2000" }];
    await admin.createTopics({ topics: ["refused.out"], partitions: 1, configs });
    await admin.createTopics({ topics: ["refused.letters"], partitions: 1, configs: [] });
    await admin.close();
    const large = requestOf("shop", [`too large ${"x".repeat(3_000)}`]);
    const messages = [requestOf("shop", ["before"]), large, Buffer.from("{"), requestOf("shop", ["after"])];
    produce("refused.in", messages, { key: "shop-1" });
    const member = await startLogbert({
      settings: {
        receive: {
          kafka: {
            brokers: [address],
            topics: [{ name: "refused.in" }],
            group_id: "refused",
            delivery: "exactly_once",
            dead_letter_topic: "refused.letters",
          },
        },
        forward: { endpoint: `kafka://${address}/refused.out` },
      },
    });
    const bodies = () => recordsIn(shared, "refused.out").map(({ body }) => body);
    await waitFor("the last record", () => (bodies().includes("after") ? true : undefined));
    produce("refused.in", [requestOf("shop", ["the next batch"])], { key: "shop-1" });
    await waitFor("the next batch", () => (bodies().includes("the next batch") ? true : undefined));
    expect(bodies()).toEqual(["before", "after", "the next batch"]);
    const letters = read("refused.letters");
    expect(letters.map(({ value }) => value)).toEqual([Buffer.from(large), Buffer.from("{")]);
    expect(letters.map(({ headers }) => /logbert.reason=([^,]*)/.exec(headers)?.[1])).toEqual([
      "next-hop",
      "malformed",
    ]);
    expect(await member.stop()).toBe(0);
  },
);

testWith(
  NEEDS,
  "what the topic does not take together it is given one by one, each with its score",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const { address, produce } = shared;
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
    const configs = [{ name: "max.message.bytes", value: "2000" }];
    await admin.createTopics({ topics: ["few.out"], partitions: 1, configs });
    await admin.close();
    const bodies = Array.from({ length: 30 }, (_, i) => `record ${i} ${"x".repeat(300)}`);
    const messages = bodies.map((body, i) => requestOf(`shop-${i}`, [body]));
    produce("few.in", messages, { key: "shops" });
    const member = await startMember(address, "few");
    await waitFor("all records", () =>
      recordsIn(shared, "few.out").length >= bodies.length ? true : undefined,
    );
    expect(recordsIn(shared, "few.out").map(({ body }) => body)).toEqual(bodies);
    expect(recordsIn(shared, "few.out").map(({ score }) => typeof score)).toEqual(bodies.map(() => "number"));
    expect(await member.stop()).toBe(0);
  },
);
