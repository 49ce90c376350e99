import { describe, expect, it } from "vitest";
import { kafkaConfig } from "./config.ts";

const good = {
  brokers: ["k1:9092", "[::1]:9092"],
  topics: [{ name: "logs" }, { name: "text", encoding: "raw" }],
};

describe("receive.kafka", () => {
  it("is off by default", () => expect(kafkaConfig.parse({}).brokers).toEqual([]));

  it("needs brokers and topics, and reads OTLP from the beginning unless it is told otherwise", () => {
    const { topics, initial_offset: begin } = kafkaConfig.parse(good);
    expect(topics[0]).toEqual({ name: "logs", encoding: "otlp_proto", service: "", format: "auto" });
    expect(begin).toBe("earliest");
  });

  it.each([
    ["topics", { brokers: ["k:9092"] }],
    ["brokers", { topics: [{ name: "logs" }] }],
    ["brokers.0", { ...good, brokers: ["k"] }],
    ["brokers.0", { ...good, brokers: ["user:password@k:9092"] }],
    ["topics.0.name", { ...good, topics: [{ name: "no topic" }] }],
    ["topics.1.name", { ...good, topics: [{ name: "a" }, { name: "a" }] }],
    ["topics.0.encoding", { ...good, topics: [{ name: "a", encoding: "text" }] }],
    ["dead_letter_topic", { ...good, dead_letter_topic: "logs" }],
    ["dead_letter_topic", { ...good, dead_letter_topic: "no topic" }],
    ["sasl", { ...good, sasl: { mechanism: "PLAIN", username: "a" } }],
    ["tls", { ...good, tls: { cert_file: "a.pem" } }],
  ])("says what is wrong with %s", (path, settings) => {
    const { error } = kafkaConfig.safeParse(settings);
    expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});
