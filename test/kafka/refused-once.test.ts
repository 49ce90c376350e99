import { Admin } from "@platformatic/kafka";
import { afterAll, expect } from "vitest";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type KafkaBroker, startKafka } from "../pipelines/kafka-broker.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";

const NEEDS = [kafka(), kcat()];

let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker([jars = "", client = ""]: readonly string[]): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client);
  return broker;
}

/** One that takes no 2,000 bytes at once. */
async function createNarrowTopic(address: string, topic: string): Promise<void> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
  const configs = [{ name: "max.message.bytes", value: "2000" }];
  await admin.createTopics({ topics: [topic], partitions: 1, configs });
  await admin.close();
}

/** A stage that reads `NAME.in` and writes `NAME.out`, and to `NAME.letters`, each record once. */
function startMember(address: string, name: string): Promise<LogbertProcess> {
  return startLogbert({
    settings: {
      receive: {
        kafka: {
          brokers: [address],
          topics: [{ name: `${name}.in` }],
          group_id: name,
          delivery: "exactly_once",
          dead_letter_topic: `${name}.letters`,
        },
      },
      forward: { endpoint: `kafka://${address}/${name}.out` },
    },
  });
}

testWith(
  NEEDS,
  "what the topic never takes goes to the dead letters, once, and what is around it goes on",
  async (paths) => {
    const shared = await sharedBroker(paths);
    const { address, produce, read } = shared;
    await createNarrowTopic(address, "refused.out");
    const large = requestOf("shop", [`too large ${"x".repeat(3_000)}`]);
    const messages = [requestOf("shop", ["before"]), large, Buffer.from("{"), requestOf("shop", ["after"])];
    produce("refused.in", messages, { key: "shop-1" });
    const member = await startMember(address, "refused");
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
    await createNarrowTopic(address, "few.out");
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
