import { ProduceAcks, Producer } from "@platformatic/kafka";
import { expect } from "vitest";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";

const LAST = "after all of them";

testWith(
  [kafka(), kcat()],
  "of transactions only what was committed is read, however many and however large those are that were not",
  async ([jars = "", client = ""]) => {
    const broker = await startKafka(jars, client);
    const { address } = broker;
    const producer = new Producer({
      clientId: "test",
      bootstrapBrokers: [address],
      idempotent: true,
      transactionalId: "test",
      autocreateTopics: true,
    });
    const transact = async (end: "commit" | "abort", bodies: readonly string[]) => {
      const transaction = await producer.beginTransaction();
      for (const body of bodies) {
        const value = Buffer.from(requestOf("shop", [body]));
        const messages = [{ topic: "in", key: Buffer.from("shop-1"), value }];
        await transaction.send({ messages, acks: ProduceAcks.ALL });
      }
      await transaction[end]();
    };
    const large = (name: string) => Array.from({ length: 6 }, (_, i) => `${name} ${i} ${"x".repeat(2_000)}`);
    broker.produce("in", [requestOf("shop", ["before"])], { key: "shop-1" });
    await transact("abort", ["dropped 1"]);
    await transact("commit", ["kept 1"]);
    await transact("abort", ["dropped 2"]);
    await transact("commit", ["kept 2"]);
    await transact("abort", large("dropped"));
    await transact("commit", large("kept"));
    await producer.close();
    broker.produce("in", [requestOf("shop", [LAST])], { key: "shop-1" });
    // An answer of the broker holds one message of the large ones.
    for (const [group, fetchBytes] of [
      ["whole", 1_048_576],
      ["pieces", 1_024],
    ] as const) {
      const logbert = await startLogbert({
        settings: {
          receive: {
            kafka: {
              brokers: [address],
              topics: [{ name: "in" }],
              group_id: group,
              fetch_max_bytes: fetchBytes,
            },
          },
          forward: { endpoint: `kafka://${address}/${group}.out` },
        },
      });
      const bodies = () => recordsIn(broker, `${group}.out`).map(({ body }) => body);
      await waitFor("the last record", () => (bodies().includes(LAST) ? true : undefined));
      expect(bodies()).toEqual(["before", "kept 1", "kept 2", ...large("kept"), LAST]);
      expect(await logbert.stop()).toBe(0);
    }
    await broker.stop();
  },
);
