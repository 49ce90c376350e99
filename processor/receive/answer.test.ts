import { status as Code } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import type { RefusalReason } from "../forward/forward-outcome.ts";
import { answerOf, internalAnswer, overloadedAnswer } from "./answer.ts";

describe("what may be tried again", () => {
  it.each([
    ["grpc", [1_000, 1_500, 2_000]],
    ["http", [1_000, 2_000, 3_000]],
  ] as const)(
    "comes back at different times after overload, as far as the protocol has them: %s",
    (transport, times) => {
      const answers = [0, 0.5, 0.9999].map((random) => overloadedAnswer(transport, random));
      expect(answers.map(({ status }) => status.retryAfterMs)).toEqual(times);
    },
  );

  it.each([
    [undefined, 1_000],
    [0, 0],
    [7_000, 7_000],
    [1.5, 2],
    [-5, 0],
    [1e30, 3_600_000],
    [Number.POSITIVE_INFINITY, 3_600_000],
  ])("after %s ms is UNAVAILABLE and 503 with %i ms", (afterMs, retryAfterMs) => {
    expect(answerOf({ kind: "retry", afterMs, message: "away" })).toEqual({
      kind: "error",
      httpStatus: 503,
      status: { code: Code.UNAVAILABLE, message: "away", retryAfterMs },
      reason: "next-hop",
    });
  });

  it.each([overloadedAnswer("grpc", 0), overloadedAnswer("http", 0), internalAnswer()])(
    "is our own trouble: $reason",
    (answer) => {
      expect(answer).toMatchObject({
        httpStatus: 503,
        status: { code: Code.UNAVAILABLE, retryAfterMs: 1_000 },
      });
    },
  );
});

describe("what is refused for good", () => {
  it.each<readonly [RefusalReason, number, number]>([
    ["malformed", Code.INVALID_ARGUMENT, 400],
    ["too-large", Code.RESOURCE_EXHAUSTED, 413],
    ["unsupported", Code.UNIMPLEMENTED, 415],
    ["other", Code.INTERNAL, 500],
  ])(
    "%s keeps its kind, has no time to come back, and is counted as who refused it",
    (reason, code, httpStatus) => {
      const refused = { kind: "refused", reason, message: "no" } as const;
      const answer = answerOf(refused);
      if (answer.kind !== "error") throw new Error("expected an error");
      expect([answer.status.code, answer.httpStatus, answer.reason]).toEqual([code, httpStatus, "next-hop"]);
      expect(answer.status.retryAfterMs).toBeUndefined();
      expect(answerOf({ ...refused, isUnread: true })).toEqual({ ...answer, reason });
    },
  );

  it("says what is wrong with the request where it is the request", () => {
    expect(answerOf({ kind: "refused", reason: "malformed", message: "cut" })).toMatchObject({
      status: { badRequest: "cut" },
    });
  });
});

describe("what is taken", () => {
  it("is told with what was rejected of it", () => {
    expect(answerOf({ kind: "accepted", rejectedRecords: 2, message: "two" })).toEqual({
      kind: "ok",
      result: { rejectedRecords: 2, message: "two" },
    });
  });
});
