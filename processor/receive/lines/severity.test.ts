import { describe, expect, it } from "vitest";
import { findSeverity, severityNumberOf } from "./severity.ts";

describe("no level", () => {
  it.each([
    "",
    "0 errors, 0 warnings",
    "the error was mine",
    "INFORMED",
    "com.example.ERROR.x",
    "mirror",
    `${"x".repeat(300)} ERROR`,
  ])("%j", (line) => {
    expect(findSeverity(line)).toEqual({ severityNumber: 0, severityText: "" });
  });
});

describe("a level", () => {
  it.each([
    ["17/06/09 20:10:40 INFO Client: up", "INFO", 9],
    ["WARNING: disk nearly full", "WARNING", 13],
    ["[Sun Dec 04 04:51:08 2005] [error] up", "error", 17],
    ["time=1 level=warn msg=up", "warn", 13],
    ["E0102 15:04:05.678901 1 main.go:42] up", "E", 17],
    ["03-17 16:13:38.811  1702  2395 D Window: up", "D", 5],
    ["R02 RAS KERNEL FATAL data TLB error interrupt", "FATAL", 21],
  ])("%s", (line, severityText, severityNumber) => {
    expect(findSeverity(line)).toEqual({ severityText, severityNumber });
  });

  it("may be written in any case where it stands alone", () => {
    expect(severityNumberOf("Warn")).toBe(13);
    expect(severityNumberOf("banana")).toBe(0);
  });
});
