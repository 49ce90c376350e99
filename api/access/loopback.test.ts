import { expect, it } from "vitest";
import { isLoopback } from "./loopback.ts";

it.each([
  "",
  "0.0.0.0",
  "0",
  "[::]",
  "[::ffff:127.0.0.1]",
  "10.0.0.1",
  "127.0.0.1.example",
  "localhost.example",
  "a b",
  "x@10.0.0.1",
])("%j can be reached from elsewhere", (host) => {
  expect(isLoopback(host)).toBe(false);
});

it.each(["127.0.0.1", "127.8.9.10", "127.1", "localhost", "LOCALHOST", "[::1]", "[0:0:0:0:0:0:0:1]"])(
  "%s is the machine itself",
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);
