import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { ApolloServer } from "@apollo/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Gate } from "./access/gate.ts";
import { LOCAL } from "./access/principal.ts";
import { createTurns } from "./access/turns.ts";
import type { Context } from "./graphql/context.ts";
import { createGraphqlEndpoint } from "./graphql-endpoint.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const anybody: Gate = { admit: () => ({ kind: "admitted", principal: LOCAL }) };

it("a request whose turn does not come is told to come again, and not done when it comes after all", async () => {
  const turns = createTurns(1, 10);
  const done = Promise.withResolvers<void>();
  const before = turns.take(() => done.promise);
  let asked = 0;
  const context = () => {
    asked += 1;
    return expect.fail("nobody waits for it");
  };
  const endpoint = createGraphqlEndpoint({
    server: new ApolloServer<Context>({ typeDefs: "type Query { a: Int }" }),
    context,
    gate: anybody,
    maxBodyBytes: 1_000,
    turns,
  });
  const request = new IncomingMessage(new Socket());
  request.method = "POST";
  request.push('{"query":"{ a }"}');
  request.push(null);
  const response = new ServerResponse(request);
  const answered = endpoint(request, response);
  while (vi.getTimerCount() === 0) await setImmediate();
  vi.advanceTimersByTime(29_999);
  expect(response.headersSent).toBe(false);
  vi.advanceTimersByTime(1);
  expect([response.statusCode, response.getHeader("retry-after")]).toEqual([503, "1"]);
  done.resolve();
  await Promise.all([before, answered]);
  expect(asked).toBe(0);
});
