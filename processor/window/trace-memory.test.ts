import { expect, it } from "vitest";
import { createTraceMemory } from "./trace-memory.ts";

it("tells what came before in the same trace and stream, and forgets the oldest traces of too many", () => {
  const memory = createTraceMemory(10);
  expect(memory.follow("shop", "t1", "open")).toBe("");
  expect(memory.follow("bank", "t1", "pay")).toBe("");
  expect(memory.follow("shop", "t1", "read")).toBe("open");
  for (let i = 0; i < 5; i += 1) memory.follow("shop", `early ${i}`, "open");
  expect(memory.follow("shop", "t1", "close")).toBe("read");
  for (let i = 0; i < 30; i += 1) memory.follow("shop", `later ${i}`, "open");
  expect(memory.follow("shop", "t1", "close")).toBe("");
  memory.clear();
  expect(memory.follow("shop", "later 29", "read")).toBe("");
});
