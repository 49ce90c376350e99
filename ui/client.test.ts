import { GraphQLError } from "graphql";
import { CombinedError } from "urql";
import { describe, expect, test } from "vitest";
import { describeError, retryDelayMs } from "./client.ts";

describe("what people are told of a failure", () => {
  test("a thrown thing that is no API error shows none of its text", () => {
    expect(describeError(new Error("secret inner text")).message).not.toContain("secret");
    expect(describeError(undefined).remedy).not.toBe("");
  });

  test("the API's own message is passed on, with its remedy where it has one", () => {
    const graphQLErrors = [
      new GraphQLError("value must be between 0 and 1", { extensions: { remedy: "Move it." } }),
    ];
    expect(describeError(new CombinedError({ graphQLErrors }))).toEqual({
      message: "value must be between 0 and 1",
      remedy: "Move it.",
    });
    expect(describeError(new CombinedError({ graphQLErrors: ["no"] }))).toEqual({
      message: "no",
      remedy: "",
    });
  });

  test("an API out of reach says so", () => {
    const error = new CombinedError({ networkError: new TypeError("Failed to fetch") });
    expect(describeError(error).message).toBe("The API does not answer.");
  });
});

test("the wait before a new connection grows, and stays bounded", () => {
  expect(retryDelayMs(0, 0)).toBe(250);
  expect(retryDelayMs(3, 0)).toBeGreaterThan(retryDelayMs(0, 0));
  expect(retryDelayMs(10_000, 0.999)).toBeLessThanOrEqual(15_000);
});
