import { GraphQLError } from "graphql";
import { CombinedError } from "urql";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient, describeError, retryDelayMs } from "./client.ts";
import { createConnectionMonitor } from "./connection.ts";

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

describe("a connection that the API has closed", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** What the page did when each of its connections was closed with this code. */
  async function afterClosing(code: number): Promise<{ readonly opened: number; readonly refused: number }> {
    const seen = { opened: 0, refused: 0 };
    class ClosingSocket extends EventTarget {
      static readonly CONNECTING = 0;
      static readonly OPEN = 1;
      static readonly CLOSING = 2;
      static readonly CLOSED = 3;
      onclose: ((event: unknown) => void) | undefined;
      constructor() {
        super();
        seen.opened += 1;
        setTimeout(() => this.onclose?.({ code, reason: "" }), 10);
      }
      close() {}
    }
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", ClosingSocket);
    const page = createClient({
      origin: { protocol: "http:", host: "localhost" },
      token: "t",
      monitor: createConnectionMonitor(),
      onRefused: () => {
        seen.refused += 1;
      },
    });
    await vi.advanceTimersByTimeAsync(60_000);
    page.close();
    return seen;
  }

  test("for now is opened again, with the same token", async () => {
    const { opened, refused } = await afterClosing(1013);
    expect(opened).toBeGreaterThan(1);
    expect(refused).toBe(0);
  });

  test("because it does not know the token is told, and not opened again", async () => {
    expect(await afterClosing(4403)).toEqual({ opened: 1, refused: 1 });
  });
});
