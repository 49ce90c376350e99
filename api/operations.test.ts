import { buildSchema, type ExecutionArgs, type ExecutionResult } from "graphql";
import { beforeEach, describe, expect, it } from "vitest";
import { LOCAL } from "./access/principal.ts";
import { createTurns, UNSENT_BYTES_MAX } from "./access/turns.ts";
import { type Admitted, createOperations, type OfConnection, type Operations } from "./operations.ts";

const schema = buildSchema(
  "type Query { a: Int } type Mutation { add: Int } type Subscription { number: Int }",
);
const OPERATIONS_MAX = 2;

let unsent: number;
let operations: Operations;
let connection: OfConnection & { subscriptions: Record<string, unknown> };
let admitted: Admitted;
beforeEach(() => {
  unsent = 0;
  connection = { subscriptions: {} };
  admitted = { principal: LOCAL, underWay: new Map() };
  operations = createOperations({
    schema,
    rules: [],
    operationsMax: OPERATIONS_MAX,
    context: () => undefined,
    turns: createTurns(1, 1),
    eventTurns: createTurns(1, Number.POSITIVE_INFINITY),
    unsentBytes: () => unsent,
  });
});

async function* numbers() {
  for (let number = 1; ; number += 1) yield { number };
}

const begin = (id: string, query: string, operationName?: string) => {
  connection.subscriptions[id] = null;
  return operations.begin(connection, admitted, id, { query, operationName: operationName ?? null });
};
function begun(id: string, query: string): ExecutionArgs {
  const args = begin(id, query);
  if (!("schema" in args)) throw new Error(JSON.stringify(args));
  return args;
}
async function subscribed(id: string): Promise<AsyncIterableIterator<ExecutionResult>> {
  const args = begun(id, "subscription { number }");
  args.rootValue = { number: numbers };
  const events = await operations.subscribe(args);
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
  return events;
}

describe("a connection's operations", () => {
  it("are those that are worked on, whatever the caller still waits for", async () => {
    const waiting = begun("1", "{ a }");
    begun("2", "{ a }");
    connection.subscriptions = {};
    expect(begin("3", "{ a }")).toMatchObject([{ extensions: { code: "UNAVAILABLE" } }]);
    expect(await operations.execute(waiting)).toEqual({ data: null });
    expect(begin("4", "{ a }")).toHaveProperty("schema");
  });

  it("that were given up are not done for another one with their id, which is refused until they are over", async () => {
    let added = 0;
    const abandoned = begun("1", "mutation { add }");
    abandoned.rootValue = { add: () => (added += 1) };
    connection.subscriptions = {};
    expect(begin("1", "{ a }")).toMatchObject([{ extensions: { code: "UNAVAILABLE" } }]);
    // Its refusal is under way to the caller: what is answered meanwhile goes to the second one.
    expect(await operations.execute(abandoned)).toMatchObject({
      errors: [{ extensions: { code: "UNAVAILABLE" } }],
    });
    expect(added).toBe(0);
    connection.subscriptions = {};
    const again = begun("1", "{ a }");
    again.rootValue = { a: 3 };
    expect(await operations.execute(again)).toEqual({ data: { a: 3 } });
  });

  it("that were given up while they were worked on do not answer another one with their id", async () => {
    const abandoned = begun("1", "{ a }");
    abandoned.rootValue = { a: () => begin("1", "mutation { add }") && 3 };
    expect(await operations.execute(abandoned)).toMatchObject({
      errors: [{ extensions: { code: "UNAVAILABLE" } }],
    });
  });

  it("are those that the document has", () => {
    for (const name of [undefined, "C"])
      expect(begin("1", "query A { a } query B { a }", name)).toMatchObject([
        { extensions: { code: "OPERATION_RESOLUTION_FAILURE" } },
      ]);
    expect(admitted.underWay.size).toBe(0);
  });
});

describe("events", () => {
  it("of one who does not take them keep nobody from theirs", async () => {
    const slow = await subscribed("1");
    const quick = await subscribed("2");
    await slow.next();
    for (const number of [1, 2, 3]) expect((await quick.next()).value).toEqual({ data: { number } });
    expect((await slow.next()).value).toEqual({ data: { number: 2 } });
  });

  it("wait while too much is not taken, and none is lost", async () => {
    const events = await subscribed("1");
    unsent = UNSENT_BYTES_MAX + 1;
    const next = events.next();
    expect(await operations.execute(begun("2", "{ a }"))).toMatchObject({
      errors: [{ extensions: { code: "UNAVAILABLE" } }],
    });
    unsent = 0;
    expect((await next).value).toEqual({ data: { number: 1 } });
  });

  it("count until their subscription has ended", async () => {
    const events = await subscribed("1");
    await events.next();
    expect(admitted.underWay.size).toBe(1);
    await events.return?.();
    expect(admitted.underWay.size).toBe(0);
  });
});
