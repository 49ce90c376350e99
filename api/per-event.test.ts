import { buildSchema, type ExecutionResult, GraphQLError, parse } from "graphql";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type EventPorts, subscribePerEvent } from "./per-event.ts";

const schema = buildSchema("type Query { a: Int } type Subscription { number: Int }");

let executed: unknown[];
let ended: number;
/** What lets events be worked on, one after the other. */
let turns: (() => void)[];
let isSourceOpen: boolean;
beforeEach(() => {
  executed = [];
  ended = 0;
  turns = [];
  isSourceOpen = true;
});

async function* numbers(): AsyncGenerator<{ readonly number: number }> {
  try {
    for (let number = 1; number <= 3; number += 1) yield { number };
  } finally {
    isSourceOpen = false;
  }
}

const atOnce: EventPorts["inTurn"] = async (work, isWanted) => (isWanted() ? work() : undefined);
const whenTold: EventPorts["inTurn"] = async (work, isWanted) => {
  await new Promise<void>((resolve) => turns.push(resolve));
  return isWanted() ? work() : undefined;
};

async function begin(inTurn: EventPorts["inTurn"]): Promise<AsyncIterableIterator<ExecutionResult>> {
  const events = await subscribePerEvent(
    { schema, document: parse("subscription { number }"), rootValue: { number: numbers } },
    {
      newContext: () => executed.push("event"),
      inTurn,
      onEnd: () => {
        ended += 1;
      },
    },
  );
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
  return events;
}

describe("events of a subscription", () => {
  it("come in their order, each with a context of its own, and the end is told", async () => {
    const heard: unknown[] = [];
    for await (const { data } of await begin(atOnce)) heard.push(data?.["number"]);
    expect(heard).toEqual([1, 2, 3]);
    expect(executed).toHaveLength(3);
    expect(ended).toBeGreaterThan(0);
  });

  it("are not worked on when the subscriber has left before their turn, and count until it", async () => {
    const events = await begin(whenTold);
    const next = events.next();
    while (turns.length === 0) await Promise.resolve();
    const left = events.return?.();
    expect(ended).toBe(0);
    for (const turn of turns) turn();
    expect(await next).toEqual({ done: true, value: undefined });
    await left;
    expect(executed).toEqual([]);
    expect(ended).toBeGreaterThan(0);
    expect(isSourceOpen).toBe(false);
  });

  it("end the subscription when they cannot be worked on, and nobody is listened to any more", async () => {
    const events = await begin(() => Promise.reject(new Error("broken")));
    await expect(events.next()).rejects.toThrow("broken");
    expect(ended).toBeGreaterThan(0);
    expect(isSourceOpen).toBe(false);
  });

  it.each([
    ["are refused", () => Promise.reject(new Error("no"))],
    ["cannot be listened to", () => 3],
  ])("that %s from the start end at once, with an error", async (_, number) => {
    const ended = vi.fn();
    const result = await subscribePerEvent(
      { schema, document: parse("subscription { number }"), rootValue: { number } },
      { newContext: () => undefined, inTurn: atOnce, onEnd: ended },
    );
    expect(result).toMatchObject({ errors: [expect.any(GraphQLError)] });
    expect(ended).toHaveBeenCalledOnce();
  });
});
