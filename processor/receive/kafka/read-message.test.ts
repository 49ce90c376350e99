import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../wire/encode.ts";
import { readRequest } from "../../wire/read-request.ts";
import { type KafkaTopicConfig, kafkaConfig } from "./config.ts";
import { readKafkaMessage, toRuns } from "./read-message.ts";

const MIB = 1024 * 1024;

function topicOf(settings: object): KafkaTopicConfig {
  const { topics } = kafkaConfig.parse({ brokers: ["k:9092"], topics: [{ name: "logs", ...settings }] });
  const [topic] = topics;
  if (topic === undefined) throw new Error("no topic");
  return topic;
}

const proto = topicOf({});
const text = topicOf({ encoding: "raw", format: "plain" });

function read(
  value: Uint8Array | string | undefined,
  topic: KafkaTopicConfig,
  bytesMax = MIB,
  timestampMs = 1_790_000_000_000,
) {
  const bytes = value === undefined ? undefined : Buffer.from(value);
  const place = { topic: "logs", partition: 0, offset: 7n };
  return readKafkaMessage({ ...place, timestampMs, key: undefined, value: bytes }, topic, bytesMax);
}

const requestOf = (...bodies: readonly string[]) =>
  encodeRequest([
    { attributes: { "service.name": "shop" }, records: bodies.map((body) => ({ body, timeUnixNano: 1n })) },
  ]);
const bodiesOf = (bytes: Uint8Array) => readRequest(bytes).records.map(({ body }) => body);

describe("a message", () => {
  it.each([
    ["a tombstone", undefined, proto],
    ["no bytes", "", proto],
    ["a request without records", encodeRequest([]), proto],
    ["JSON without records", "{}", topicOf({ encoding: "otlp_json" })],
    ["blank text", " \n\n", text],
  ])("with %s is empty", (_, value, topic) => expect(read(value, topic).content).toEqual({ kind: "empty" }));

  it.each([
    ["bytes that are no request", Uint8Array.of(0x0a, 0xff, 0x01), proto],
    ["broken JSON", "{", topicOf({ encoding: "otlp_json" })],
    ["text that is no UTF-8", Uint8Array.of(0xc3, 0x28), text],
  ])("of %s is malformed", (_, value, topic) =>
    expect(read(value, topic).content).toMatchObject({ kind: "bad", reason: "malformed" }),
  );

  it("that is larger than a request may be is not read", () => {
    expect(read(requestOf("a"), proto, 10).content).toMatchObject({ kind: "bad", reason: "too-large" });
  });

  it("of OTLP stays byte for byte", () => {
    const bytes = requestOf("a", "b");
    expect(read(bytes, proto).content).toMatchObject({ kind: "request", bytes: Buffer.from(bytes) });
  });

  it("of text becomes the same records each time, of the topic's service, at the message's time", () => {
    const bytesOf = () => toRuns([read("ERROR a\n\tat b\nc", text)])[0]?.bytes ?? new Uint8Array();
    expect(bytesOf()).toEqual(bytesOf());
    const { records } = readRequest(bytesOf());
    expect(records.map(({ body }) => body)).toEqual(["ERROR a\n\tat b", "c"]);
    expect(records.map((record) => record.resourceAttribute("service.name"))).toEqual(["logs", "logs"]);
    expect(records.map(({ severityNumber }) => severityNumber)).toEqual([17, 0]);
  });

  it.each([-1, 0, Number.MAX_SAFE_INTEGER])("of text is read whatever time it has: %d", (timestampMs) => {
    expect(read("a", text, MIB, timestampMs).content.kind).toBe("text");
  });

  it("of text has the service that its topic is given", () => {
    const [run] = toRuns([read("a", topicOf({ encoding: "raw", service: "shop" }))]);
    expect(readRequest(run?.bytes ?? new Uint8Array()).records[0]?.resourceAttribute("service.name")).toBe(
      "shop",
    );
  });
});

describe("messages that follow each other", () => {
  it("go on as one request, in their order", () => {
    const runs = toRuns([read(requestOf("a"), proto), read(requestOf("b", "c"), proto)]);
    expect(runs.map(({ messages }) => messages.length)).toEqual([2]);
    expect(bodiesOf(runs[0]?.bytes ?? new Uint8Array())).toEqual(["a", "b", "c"]);
  });

  it("of text become one resource", () => {
    const [run] = toRuns([read("a", text), read("b", text)]);
    const joined = read("a\nb", text);
    expect(run?.bytes).toEqual(toRuns([joined])[0]?.bytes);
  });

  it("with fields that we do not know go on alone: the last of them might win", () => {
    const unknown = Buffer.concat([requestOf("b"), Uint8Array.of(0x10, 0x01)]);
    const runs = toRuns([requestOf("a"), unknown, requestOf("c")].map((bytes) => read(bytes, proto)));
    expect(runs.map(({ messages }) => messages.length)).toEqual([1, 1, 1]);
  });
});
