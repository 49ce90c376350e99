import { Admin, Producer } from "@platformatic/kafka";
import { expect } from "vitest";
import { readRequest } from "../../processor/wire/read-request.ts";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";
import { ARRIVAL_TEST_MS } from "./arrival.ts";
import { committedOffsets } from "./group-offsets.ts";
import { requestOf } from "./kafka-records.ts";
import { startLateAnswers } from "./late-answers.ts";

const UNAVAILABLE = 14;
/** Kafka protocol, "Api Keys". */
const OFFSET_FETCH = 9;
const HEARTBEAT = 12;

const bodiesOf = (word: string) => Array.from({ length: 10 }, (_, i) => `${word} order ${i}`);

testWith(
  [kafka(), kcat()],
  "an answer that comes when the member was thrown out and has joined anew passes over nothing",
  async ([jars = "", client = ""]) => {
    const port = await freePort();
    const broker = await startKafka(jars, client, {
      "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    });
    const way = await startLateAnswers(port, Number(broker.address.split(":")[1]), "late order");
    const arrived: string[] = [];
    const hop = await startRecordingHop("grpc", (body) =>
      arrived.push(...readRequest(body).records.map((record) => record.body)),
    );
    let offers = 0;
    hop.behave(() => {
      offers += 1;
      return { kind: "refuse", code: UNAVAILABLE };
    });
    const producer = new Producer({
      clientId: "test",
      bootstrapBrokers: [broker.address],
      autocreateTopics: true,
    });
    const write = (bodies: readonly string[]) =>
      producer.send({
        messages: bodies.map((body) => ({ topic: "in", value: Buffer.from(requestOf("shop", [body])) })),
      });
    const [early, late] = [bodiesOf("early"), bodiesOf("late")];
    await write(early);
    const logbert = await startLogbert({
      settings: {
        receive: {
          kafka: {
            brokers: [broker.address],
            topics: [{ name: "in" }],
            group_id: "group",
            session_timeout_ms: 2_000,
          },
        },
        forward: { endpoint: hop.endpoint },
      },
    });
    await waitFor("the early ones to be offered", () => (offers > 0 ? true : undefined));
    await write(late);
    await waitFor("the late ones to be kept back", () => (way.isHolding() ? true : undefined));
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [broker.address] });
    const looks = way.requests(OFFSET_FETCH);
    await admin.removeMembersFromConsumerGroup({ groupId: "group", members: null });
    await waitFor("the member to ask where the group is", () =>
      way.requests(OFFSET_FETCH) > looks ? true : undefined,
    );
    const heartbeats = way.requests(HEARTBEAT);
    await waitFor("it to be a member again", () =>
      way.requests(HEARTBEAT) > heartbeats + 1 ? true : undefined,
    );
    way.letGo();
    hop.behave(() => ({ kind: "take" }));
    await waitFor("everything to be committed", async () =>
      (await committedOffsets(admin, "group", "in")).get(0) === 20n ? true : undefined,
    );
    expect([...new Set(arrived)]).toEqual([...early, ...late]);
    expect(await logbert.stop()).toBe(0);
    await Promise.all([admin.close(), producer.close()]);
    await hop.down();
    way.stop();
    await broker.stop();
  },
  ARRIVAL_TEST_MS,
);
