import { Admin } from "@platformatic/kafka";
import { afterAll, expect } from "vitest";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type KafkaBroker, startKafka } from "../pipelines/kafka-broker.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";

const NEEDS = [kafka(), kcat()];

let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker([jars = "", client = ""]: readonly string[]): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client, { "num.partitions": "4" });
  return broker;
}

/** A stage of the group `NAME` that reads topics, and writes `NAME.out`. */
const startMember = (address: string, name: string, topics: readonly string[], more: object = {}) =>
  startLogbert({
    settings: {
      receive: {
        kafka: {
          brokers: [address],
          topics: topics.map((topic) => ({ name: topic })),
          group_id: name,
          session_timeout_ms: 2_000,
          ...more,
        },
      },
      forward: { endpoint: `kafka://${address}/${name}.out` },
    },
  });

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name} ${i}`);

/** A message for each body, with a key of its own. */
function spread({ produce }: KafkaBroker, topic: string, bodies: readonly string[]): void {
  for (const body of bodies) produce(topic, [requestOf("shop", [body])], { key: body });
}

function arrival(from: KafkaBroker, name: string, bodies: readonly string[]): Promise<true> {
  const there = () => recordsIn(from, `${name}.out`).map(({ body }) => body);
  return waitFor(`${bodies.length} records`, () => (there().length >= bodies.length ? true : undefined)).then(
    () => {
      expect(there().toSorted()).toEqual(bodies.toSorted());
      return true;
    },
  );
}

testWith(NEEDS, "members that read different topics leave nothing of them out", async (paths) => {
  const kafkaBroker = await sharedBroker(paths);
  const { address } = kafkaBroker;
  spread(kafkaBroker, "mixed.a", numbered("a", 8));
  const first = await startMember(address, "mixed", ["mixed.a"]);
  await arrival(kafkaBroker, "mixed", numbered("a", 8));
  spread(kafkaBroker, "mixed.b", numbered("b", 8));
  const second = await startMember(address, "mixed", ["mixed.a", "mixed.b"]);
  await arrival(kafkaBroker, "mixed", [...numbered("a", 8), ...numbered("b", 8)]);
  expect(await first.stop()).toBe(0);
  expect(await second.stop()).toBe(0);
});

testWith(
  NEEDS,
  "a topic that is not there yet holds no other one up, and is read once it is",
  async (paths) => {
    const kafkaBroker = await sharedBroker(paths);
    spread(kafkaBroker, "there", numbered("there", 4));
    const logbert = await startMember(kafkaBroker.address, "away", ["away", "there"]);
    await arrival(kafkaBroker, "away", numbered("there", 4));
    expect(logbert.stderr()).toMatch(/"topic":"away".*a topic of Kafka cannot be read; the others are/);
    spread(kafkaBroker, "away", numbered("away", 4));
    await arrival(kafkaBroker, "away", [...numbered("there", 4), ...numbered("away", 4)]);
    expect(await logbert.stop()).toBe(0);
  },
);

testWith(NEEDS, "a topic that is deleted and made anew is read from its beginning", async (paths) => {
  const kafkaBroker = await sharedBroker(paths);
  const { address, produce } = kafkaBroker;
  const inOne = (bodies: readonly string[]) =>
    produce(
      "anew",
      bodies.map((body) => requestOf("shop", [body])),
      { key: "one partition" },
    );
  inOne(numbered("before", 10));
  const logbert = await startMember(address, "anew", ["anew"]);
  await arrival(kafkaBroker, "anew", numbered("before", 10));
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
  await admin.deleteTopics({ topics: ["anew"] });
  await admin.close();
  inOne(numbered("after", 30));
  await arrival(kafkaBroker, "anew", [...numbered("before", 10), ...numbered("after", 30)]);
  expect(await logbert.stop()).toBe(0);
});

testWith(
  NEEDS,
  "a dead letter that is too large for its topic goes there without its contents, and holds nothing up",
  async (paths) => {
    const kafkaBroker = await sharedBroker(paths);
    const { address, produce } = kafkaBroker;
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
    await admin.createTopics({
      topics: ["letters"],
      partitions: 1,
      replicas: 1,
      configs: [{ name: "max.message.bytes", value: "1000" }],
    });
    await admin.close();
    produce("large", [Buffer.alloc(2_000, 0xff), requestOf("shop", ["behind it"])], { key: "one partition" });
    const logbert = await startMember(address, "large", ["large"], { dead_letter_topic: "letters" });
    await arrival(kafkaBroker, "large", ["behind it"]);
    const [letter] = kafkaBroker.read("letters");
    expect(letter?.value).toHaveLength(0);
    expect(letter?.headers).toMatch(/logbert\.message=.* its contents are left out,logbert\.topic=large,/);
    expect(await logbert.stop()).toBe(0);
  },
);
