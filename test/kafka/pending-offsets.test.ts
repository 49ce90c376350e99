import { type Message, Producer } from "@platformatic/kafka";
import { expect } from "vitest";
import { joinGroup } from "../../processor/kafka/group-member.ts";
import { kafkaProblemOf } from "../../processor/kafka/kafka-problem.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";

testWith(
  [kafka(), kcat()],
  "an offset that a transaction may yet change is told when that has ended, and not the one before it",
  async ([jars = "", client = ""]) => {
    const broker = await startKafka(jars, client);
    broker.produce("in", ["one", "two", "three"]);
    const place = { topic: "in", partition: 0 };
    const joined = Promise.withResolvers<void>();
    const member = await joinGroup(
      {
        connection: {
          brokers: [broker.address],
          tls: undefined,
          sasl: { mechanism: "none", username: "", password: "" },
          timeoutMs: 10_000,
        },
        groupId: "group",
        topics: ["in"],
        sessionTimeoutMs: 10_000,
        fetchBytesMax: 1_000,
      },
      {
        onAssigned: () => joined.resolve(),
        onLost: joined.reject,
        onGrown: () => undefined,
        onAway: () => undefined,
      },
    );
    await joined.promise;
    await member.commit([{ ...place, offset: 1n }]);
    const { consumer, memberId, generation, coordinator } = await member.membership();
    const producer = new Producer({
      clientId: "another",
      bootstrapBrokers: [broker.address],
      idempotent: true,
      transactionalId: "another",
      retries: 20,
      retryDelay: 250,
    });
    const transaction = await producer.beginTransaction();
    await transaction.addConsumer(consumer);
    const of = { groupId: "group", memberId, generationId: generation, coordinatorId: coordinator };
    const read: Partial<Message> = { ...place, offset: 1n, metadata: { consumer: of } };
    await transaction.addOffset(read as Message);
    const problem = await member.committed([place]).then(() => undefined, kafkaProblemOf);
    expect(problem?.errors).toEqual(["UNSTABLE_OFFSET_COMMIT"]);
    await transaction.commit();
    await expect
      .poll(() => member.committed([place]).catch(() => undefined))
      .toEqual([{ ...place, offset: 2n }]);
    await Promise.all([member.leave(), producer.close()]);
    await broker.stop();
  },
);
