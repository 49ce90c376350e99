import { describe, expect, it } from "vitest";
import { isHarmless } from "./severity-class.ts";

describe("a message without a severity", () => {
  it.each([
    "INFO dfs.DataNode$PacketResponder: <*>",
    "<TIME> <NUM> DEBUG org.example.Cache - hit",
    "info: gift card sent",
    "[trace] span <HEX> closed",
    "<TIME> [main] [INFO ] started",
    'time=<TIME> level=info msg="started"',
    '{"severity": "INFO", "message": "started"}',
  ])("is harmless where its level is told: %s", (template) => {
    expect(isHarmless(0, template)).toBe(true);
  });

  it.each([
    "spot termination notice for <ID>",
    "Call Trace:",
    "GET /user/info <NUM>",
    "GET /logs?level=info <NUM>",
    "notice: going down",
    "gathered info of <NUM> users",
    "INFO request failed",
    "gift card sent",
  ])("is not for a word alone: %s", (template) => {
    expect(isHarmless(0, template)).toBe(false);
  });

  it("is judged by its severity where there is one", () => {
    expect([1, 12, 13, 17, 21].map((severity) => isHarmless(severity, "INFO"))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
