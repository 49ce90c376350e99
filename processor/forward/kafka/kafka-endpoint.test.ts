import { describe, expect, it } from "vitest";
import { forwardConfig } from "../config.ts";
import { maxMessageBytes } from "../max-message-bytes.ts";
import { kafkaEndpointOf } from "./kafka-endpoint.ts";

describe("a topic as the next hop", () => {
  it("names brokers and the topic", () => {
    expect(kafkaEndpointOf("kafka://k1:9092,[::1]:9093/scored-logs")).toEqual({
      brokers: ["k1:9092", "[::1]:9093"],
      topic: "scored-logs",
    });
    expect(kafkaEndpointOf("k1:9092")).toBeUndefined();
    expect(kafkaEndpointOf("http://k1:9092/topic")).toBeUndefined();
  });

  it.each([
    "kafka://k1:9092",
    "kafka://k1:9092/",
    "kafka://k1/topic",
    "kafka://k1:9092,/topic",
    "kafka://k1:9092/topic/more",
    "kafka://k1:9092/topic?acks=0",
    "kafka://user:password@k1:9092/topic",
    "kafka:k1:9092/topic",
  ])("is refused when it is written as %s", (endpoint) =>
    expect(forwardConfig.safeParse({ endpoint }).success).toBe(false),
  );

  it("has messages as small as both bounds want them", () => {
    const of = (settings: object) => maxMessageBytes(forwardConfig.parse(settings));
    expect(of({})).toBe(Number.POSITIVE_INFINITY);
    expect(of({ endpoint: "k:4317" })).toBe(4_194_304);
    expect(of({ endpoint: "kafka://k:9092/t" })).toBe(1_000_000);
    expect(of({ endpoint: "kafka://k:9092/t", max_message_bytes: 2_048 })).toBe(2_048);
  });
});
