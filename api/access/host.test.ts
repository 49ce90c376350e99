import { expect, it } from "vitest";
import { createHostCheck } from "./host.ts";

const isAllowed = createHostCheck("127.0.0.1", ["Logs.example"]);

it.each([
  [undefined, undefined],
  ["", undefined],
  ["evil.example", undefined],
  ["evil.example:4000", "http://evil.example:4000"],
  ["localhost.evil.example", undefined],
  ["a b", undefined],
  ["localhost:4000", "null"],
  ["localhost:4000", "http://evil.example"],
  ["localhost:4000", "http://localhost:3000"],
  ["localhost:4000", "http://127.0.0.1:4000"],
  ["localhost:4000", "https://localhost.evil.example:4000"],
])("refuses Host %s with Origin %s", (host, origin) => {
  expect(isAllowed(host, origin)).toBe(false);
});

it.each([
  ["localhost:4000", undefined],
  ["LOCALHOST", undefined],
  ["[::1]:4000", "http://[::1]:4000"],
  ["127.0.0.1:4000", "http://127.0.0.1:4000"],
  ["localhost:80", "http://localhost"],
  ["logs.example", "https://logs.example"],
  ["127.0.0.1:4000", "https://logs.example"],
])("takes Host %s with Origin %s", (host, origin) => {
  expect(isAllowed(host, origin)).toBe(true);
});

it("takes the name that it listens under, but no page of another port there", () => {
  const anywhere = createHostCheck("0.0.0.0", []);
  expect(anywhere("0.0.0.0:4000", undefined)).toBe(true);
  expect(anywhere("0.0.0.0:4000", "http://0.0.0.0:3000")).toBe(false);
});
