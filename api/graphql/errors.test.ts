import { GraphQLError } from "graphql";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../store/store.ts";
import { toPublic, userError } from "./errors.ts";

const inResolver = (originalError: Error) =>
  new GraphQLError(originalError.message, { path: ["anomaly"], originalError });

function told(error: unknown, showsSchema = true) {
  const hidden: unknown[] = [];
  return { answer: toPublic(error, (cause) => hidden.push(cause), showsSchema), hidden };
}

describe("what a caller is told", () => {
  it.each([
    ["an error of ours", inResolver(new TypeError("secret"))],
    ["a wrong value from a resolver", new GraphQLError("Int cannot represent secret", { path: ["a"] })],
    ["something that is no GraphQL error", new Error("secret")],
    ["something that is no error", "secret"],
  ])("nothing of %s, which is logged", (_, error) => {
    const { answer, hidden } = told(error);
    expect(answer.extensions).toMatchObject({ code: "INTERNAL" });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(hidden).toHaveLength(1);
  });

  it("the remedy of a database fault, not its text", () => {
    const fault = new StoreError("locked", "/secret/path is locked", "stop the other process");
    const { answer, hidden } = told(inResolver(fault));
    expect(answer).toEqual({
      message: "The database cannot be used now (locked).",
      path: ["anomaly"],
      extensions: { code: "UNAVAILABLE", remedy: "Stop the other process; then try again." },
    });
    expect(hidden).toEqual([fault]);
  });

  it("a mistake of their own, with its code and remedy", () => {
    const { answer, hidden } = told(inResolver(userError("NOT_FOUND", "There is none.", "Look elsewhere.")));
    expect(answer).toEqual({
      message: "There is none.",
      path: ["anomaly"],
      extensions: { code: "NOT_FOUND", remedy: "Look elsewhere." },
    });
    expect(hidden).toEqual([]);
  });

  it("at most the beginning of a message that quotes them", () => {
    const { answer } = told(new GraphQLError(`got invalid value ${"x".repeat(100_000)}`));
    expect(answer.message.length).toBeLessThan(500);
    expect(answer.extensions).toEqual({ code: "BAD_USER_INPUT" });
  });

  it("names that they may have meant, only where the schema may be asked for", () => {
    const error = new GraphQLError('Cannot query field "bod". Did you mean "body" or "id"?');
    expect(told(error).answer.message).toBe(error.message);
    expect(told(error, false).answer.message).toBe('Cannot query field "bod".');
  });
});
