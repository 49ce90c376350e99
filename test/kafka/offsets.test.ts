import { Admin } from "@platformatic/kafka";
import { afterAll, expect } from "vitest";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
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

const kafkaSettings = (address: string, topic: string, more: object = {}) => ({
  brokers: [address],
  topics: [{ name: topic }],
  group_id: topic,
  session_timeout_ms: 2_000,
  ...more,
});

testWith(
  NEEDS,
  "where Kafka has deleted what was to be read, it goes on with what is there, and says so",
  async (paths) => {
    const kafkaBroker = await sharedBroker(paths);
    const { address, produce } = kafkaBroker;
    const settings = {
      receive: { kafka: kafkaSettings(address, "deleted") },
      forward: { endpoint: `kafka://${address}/deleted.out` },
    };
    const bodies = () => recordsIn(kafkaBroker, "deleted.out").map(({ body }) => body);
    const messages = Array.from({ length: 12 }, (_, i) => `message ${i}`);
    const produceFrom = (from: number, to: number) =>
      produce(
        "deleted",
        messages.slice(from, to).map((body) => requestOf("shop", [body])),
      );
    produceFrom(0, 3);
    const first = await startLogbert({ settings });
    await waitFor("the first three", () => (bodies().length === 3 ? true : undefined));
    await first.stop();
    produceFrom(3, 12);
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
    await admin.deleteRecords({ topics: [{ name: "deleted", partitions: [{ partition: 0, offset: 8n }] }] });
    await admin.close();
    const second = await startLogbert({ settings });
    await waitFor("the last four", () => (bodies().length >= 7 ? true : undefined)).catch(
      (cause: unknown) => {
        throw new Error(second.stderr(), { cause });
      },
    );
    expect(bodies()).toEqual([...messages.slice(0, 3), ...messages.slice(8)]);
    await waitFor("it to be told", () =>
      second.stderr().includes("Kafka has deleted it") ? true : undefined,
    );
    expect(await second.stop()).toBe(0);
  },
);

testWith(NEEDS, "a group that begins at the end reads nothing that was there before", async (paths) => {
  const kafkaBroker = await sharedBroker(paths);
  const { address, produce } = kafkaBroker;
  produce("latest", [requestOf("shop", ["before"])]);
  const logbert = await startLogbert({
    settings: {
      receive: { kafka: kafkaSettings(address, "latest", { initial_offset: "latest" }) },
      forward: { endpoint: `kafka://${address}/latest.out` },
    },
  });
  const records = await waitFor("a later record", () => {
    produce("latest", [requestOf("shop", ["after"])]);
    const there = recordsIn(kafkaBroker, "latest.out");
    return there.length > 0 ? there : undefined;
  });
  expect(new Set(records.map(({ body }) => body))).toEqual(new Set(["after"]));
  expect(await logbert.stop()).toBe(0);
});

testWith(
  NEEDS,
  "a stop lets go of what a silent next hop holds, untold, and it comes again",
  async (paths) => {
    const { address, produce } = await sharedBroker(paths);
    const arrived: Uint8Array[] = [];
    const hop = await startRecordingHop("grpc", (body) => arrived.push(body));
    hop.behave(() => ({ kind: "silent" }));
    const settings = {
      receive: { kafka: kafkaSettings(address, "silent"), drain_timeout_ms: 500 },
      forward: { endpoint: hop.endpoint, timeout_ms: 60_000 },
    };
    produce("silent", [requestOf("shop", ["held"])]);
    const first = await startLogbert({ settings });
    await waitFor("the next hop to have it", () => (arrived.length === 1 ? true : undefined));
    expect(await first.stop()).toBe(0);
    hop.behave(() => ({ kind: "take" }));
    const second = await startLogbert({ settings });
    await waitFor("it to come again", () => (arrived.length === 2 ? true : undefined));
    expect(await second.stop()).toBe(0);
    await hop.down();
  },
);
