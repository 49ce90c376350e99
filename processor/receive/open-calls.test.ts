import { expect, it } from "vitest";
import { createOpenCalls } from "./open-calls.ts";

it("of too many calls the longest of the client with most of them makes room", () => {
  const calls = createOpenCalls<string>(4);
  const entered = (...clients: string[]) =>
    clients.map((client, at) => calls.enter(client, `${client}${at}`)).filter((one) => one !== undefined);
  expect(entered("quiet", "many", "many", "many")).toEqual([]);
  expect(calls.enter("many", "many4")).toBe("many1");
  expect(calls.enter("other", "other")).toBe("many2");
  expect(calls.enter("other", "other too")).toBe("many3");
  expect(calls.enter("other", "one more")).toBe("other");
});

it("a place that is left is free, once", () => {
  const calls = createOpenCalls<number>(1);
  calls.enter("a", 1);
  calls.leave("a", 1);
  calls.leave("a", 1);
  expect(calls.enter("b", 2)).toBeUndefined();
  expect(calls.enter("c", 3)).toBe(2);
  calls.leave("b", 2);
  expect(calls.enter("c", 4)).toBe(3);
});
