import { expect, test } from "vitest";
import { fromLocalInput, toLocalInput } from "./local-input.ts";

test.each(["", "soon", "2026-13-40T99:99"])("%j names no instant", (text) => {
  expect(fromLocalInput(text)).toBe("");
});

test("a time of the reader's zone leads there and back", () => {
  expect(fromLocalInput("2026-11-03T07:05")).toBe(new Date(2026, 10, 3, 7, 5).toISOString());
  expect(toLocalInput(fromLocalInput("2026-11-03T07:05"))).toBe("2026-11-03T07:05");
  expect(toLocalInput("")).toBe("");
});
