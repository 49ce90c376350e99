import { describe, expect, it } from "vitest";
import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import { outcomeOfKafka } from "./outcome-of-kafka.ts";

/** As the client rejects. */
const failure = (...ids: readonly string[]) =>
  new AggregateError(
    ids.map((apiId) => Object.assign(new Error("what it means"), { apiId })),
    "produce failed",
  );
const outcomeOf = (cause: unknown) => outcomeOfKafka(kafkaProblemOf(cause));

describe("a failure of producing", () => {
  it.each([
    ["MESSAGE_TOO_LARGE", "too-large"],
    ["RECORD_LIST_TOO_LARGE", "too-large"],
    ["INVALID_RECORD", "malformed"],
    ["INVALID_TIMESTAMP", "malformed"],
    ["UNSUPPORTED_FOR_MESSAGE_FORMAT", "unsupported"],
    ["POLICY_VIOLATION", "other"],
  ])("by %s is for good", (id, reason) =>
    expect(outcomeOf(failure(id))).toEqual({
      kind: "refused",
      reason,
      message: `next hop: Kafka: ${id}: what it means`,
    }),
  );

  it.each([
    "UNKNOWN_TOPIC_OR_PARTITION",
    "NOT_LEADER_OR_FOLLOWER",
    "REQUEST_TIMED_OUT",
    "NOT_ENOUGH_REPLICAS",
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
    "KAFKA_STORAGE_ERROR",
    "CORRUPT_MESSAGE",
    "OUT_OF_ORDER_SEQUENCE_NUMBER",
    "AN_ERROR_OF_A_LATER_VERSION",
  ])("by %s is tried again", (id) => expect(outcomeOf(failure(id)).kind).toBe("retry"));

  it.each(["TOPIC_AUTHORIZATION_FAILED", "SASL_AUTHENTICATION_FAILED"])(
    "by %s is tried again, and says where to look",
    (id) => {
      const { kind, message } = outcomeOf(failure(id));
      expect(kind).toBe("retry");
      expect(message).toContain("forward.kafka.sasl");
    },
  );

  it("is tried again where only one of several is for good", () =>
    expect(outcomeOf(failure("MESSAGE_TOO_LARGE", "NOT_LEADER_OR_FOLLOWER")).kind).toBe("retry"));

  it("is tried again where no broker was reached, and says why", () => {
    const cause = new Error("Connection to k:9092 failed.", { cause: new Error("connect ECONNREFUSED") });
    expect(outcomeOf(new AggregateError([cause, cause], "metadata failed 3 times."))).toEqual({
      kind: "retry",
      afterMs: undefined,
      message: "next hop: Kafka: Connection to k:9092 failed.: connect ECONNREFUSED",
    });
  });
});
