import { afterAll, expect } from "vitest";
import { type NumberedRecord, numbersIn } from "../faults/numbered-requests.ts";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type KafkaBroker, startKafka } from "../pipelines/kafka-broker.ts";
import { ARRIVAL_TEST_MS, allArrive } from "./arrival.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";
import { startLoad } from "./load.ts";

const NEEDS = [kafka(), kcat()];
const ACCEPTED = "logbert_receiver_accepted_log_records_total";
const REFUSED = "logbert_receiver_refused_log_records_total";
const INVALID_ARGUMENT = 3;

let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker([jars = "", client = ""]: readonly string[]): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client);
  return broker;
}

testWith(
  NEEDS,
  "while the next hop is away nothing is committed, and all goes on when it is back",
  async (paths) => {
    const { address } = await sharedBroker(paths);
    const records: NumberedRecord[] = [];
    const hop = await startRecordingHop("grpc", (body) => records.push(...numbersIn(body)));
    const settings = {
      receive: {
        kafka: {
          brokers: [address],
          topics: [{ name: "away.in" }],
          group_id: "away",
          session_timeout_ms: 2_000,
          max_batch_messages: 8,
        },
      },
      forward: { endpoint: hop.endpoint },
    };
    const load = startLoad(address, "away.in", { streams: 3, recordsEach: 5, group: "away" });
    const first = await startLogbert({ settings });
    await waitFor("some records to arrive", () => (records.length > 200 ? true : undefined));
    await hop.down();
    await waitFor("not to be ready", async () => {
      const { status } = await fetch(`${first.apiUrl}/readyz`);
      return status === 503 ? true : undefined;
    });
    await first.kill();
    const second = await startLogbert({ settings });
    await hop.up();
    const until = records.length + 200;
    await waitFor("more records to arrive", () => (records.length > until ? true : undefined));
    const sent = await load.stop();
    const account = await allArrive({
      address,
      group: "away",
      topic: "away.in",
      sent,
      arrived: () => records,
      members: [first, second],
    });
    expect(account.disordered).toBe(0);
    expect(await second.stop()).toBe(0);
    await hop.down();
  },
  ARRIVAL_TEST_MS,
);

testWith(
  NEEDS,
  "what cannot be read or is refused goes to the dead letters, and holds nothing up",
  async (paths) => {
    const kafkaBroker = await sharedBroker(paths);
    const { address, produce } = kafkaBroker;
    const arrived: string[] = [];
    const hop = await startRecordingHop("grpc", (body) => arrived.push(Buffer.from(body).toString("latin1")));
    const garbage = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f, 0x01]);
    const noText = Buffer.from([0xc3, 0x28]);
    produce("bad.in", [requestOf("shop", ["before"]), garbage, requestOf("shop", ["after"])]);
    produce("bad.json", ["{", "{}"]);
    produce("bad.text", [noText, "", "words of a person"]);
    const logbert = await startLogbert({
      settings: {
        receive: {
          kafka: {
            brokers: [address],
            topics: [
              { name: "bad.in" },
              { name: "bad.json", encoding: "otlp_json" },
              { name: "bad.text", encoding: "raw", format: "plain" },
            ],
            group_id: "bad",
            dead_letter_topic: "bad.letters",
          },
        },
        forward: { endpoint: hop.endpoint },
      },
    });
    await waitFor("the good ones to be taken", async () =>
      (await logbert.metric(ACCEPTED)) >= 3 ? true : undefined,
    );
    expect(arrived.filter((body) => /before|after|words of a person/.test(body)).length).toBeGreaterThan(0);
    const lettersOf = (count: number) =>
      waitFor(`${count} dead letters`, () => {
        const letters = kafkaBroker.read("bad.letters");
        return letters.length >= count ? letters : undefined;
      });
    const bad = await lettersOf(3);
    expect(new Set(bad.map(({ value }) => value.toString("hex")))).toEqual(
      new Set([garbage, Buffer.from("{"), noText].map((value) => value.toString("hex"))),
    );
    expect(bad.find(({ value }) => value.equals(garbage))?.headers).toMatch(
      /logbert\.reason=malformed,logbert\.message=.+,logbert\.topic=bad\.in,logbert\.partition=0,logbert\.offset=1/,
    );
    expect(await logbert.metric(REFUSED)).toBe(3);

    hop.behave(() => ({ kind: "refuse", code: INVALID_ARGUMENT }));
    const refused = requestOf("shop", ["nobody takes this"]);
    produce("bad.in", [refused]);
    const [, , , letter] = await lettersOf(4);
    expect(letter?.value).toEqual(Buffer.from(refused));
    expect(letter?.headers).toContain("logbert.reason=next-hop");
    hop.behave(() => ({ kind: "take" }));
    produce("bad.in", [requestOf("shop", ["the last one"])]);
    await waitFor("the last one to arrive", () => arrived.find((body) => body.includes("the last one")));
    await waitFor("it to be told", () =>
      logbert.stderr().includes("a message of Kafka was put aside") ? true : undefined,
    );
    expect(logbert.stderr()).not.toContain("nobody takes this");
    expect(await logbert.stop()).toBe(0);
    await hop.down();
  },
);

testWith(
  NEEDS,
  "requests of other doors go into a topic, keyed by service, within its messages' size",
  async (paths) => {
    const kafkaBroker = await sharedBroker(paths);
    const { address } = kafkaBroker;
    const logbert = await startLogbert({
      settings: { forward: { endpoint: `kafka://${address}/door.out`, kafka: { max_message_bytes: 2_048 } } },
    });
    const post = (body: Uint8Array) =>
      fetch(logbert.httpUrl, { method: "POST", headers: { "content-type": "application/x-protobuf" }, body });
    const many = Array.from({ length: 40 }, (_, i) => `payment ${i} of ${"x".repeat(100)}`);
    const answer = await post(
      Buffer.concat([requestOf("cart", ["one"]), requestOf("payment", many), requestOf("cart", ["two"])]),
    );
    expect(answer.status).toBe(200);
    const messages = kafkaBroker.read("door.out");
    expect(Math.max(...messages.map(({ value }) => value.length))).toBeLessThanOrEqual(2_048);
    const records = recordsIn(kafkaBroker, "door.out");
    const of = (service: string) => records.filter((one) => one.service === service);
    expect(of("payment").map(({ body }) => body)).toEqual(many);
    expect(of("cart").map(({ body }) => body)).toEqual(["one", "two"]);
    expect(records.every(({ service, key }) => service === key)).toBe(true);

    await kafkaBroker.restart(async () => {
      const refused = await post(requestOf("cart", ["three"]));
      expect(refused.status).toBe(503);
      const { status } = await waitFor("not to be ready", async () => {
        const response = await fetch(`${logbert.apiUrl}/readyz`);
        return response.status === 503 ? response : undefined;
      });
      expect(status).toBe(503);
    });
    await waitFor("the broker to be written to again", async () =>
      (await post(requestOf("cart", ["three"]))).status === 200 ? true : undefined,
    );
    expect(recordsIn(kafkaBroker, "door.out").map(({ body }) => body)).toContain("three");
    expect(await logbert.stop()).toBe(0);
  },
);
