import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMultiline } from "./multiline.ts";

const limits = { linesMax: 100, charactersMax: 10_000 };

function join(lines: readonly string[], bounds = limits): readonly (readonly string[])[] {
  const multiline = createMultiline<string>((line) => line, bounds);
  return [...lines.map((line) => multiline.push(line)), multiline.flush()].filter(
    (record) => record !== undefined,
  );
}

const TRACES: readonly (readonly [string, readonly string[]])[] = [
  [
    "Java",
    [
      "2026-01-02 ERROR Request failed",
      "java.lang.IllegalStateException: no pool",
      "\tat com.example.Pool.take(Pool.java:42)",
      "Caused by: java.net.ConnectException: refused",
      "\t... 12 more",
    ],
  ],
  [
    "Python",
    [
      "ERROR:root:failed",
      "Traceback (most recent call last):",
      '  File "app.py", line 3, in <module>',
      "    run()",
      "app.errors.PoolError: empty",
    ],
  ],
  ["Node", ["Error: boom", "    at run (file:///app/main.js:3:9)", "  code: 'E1'", "}"]],
  ["Go", ["panic: boom", "", "goroutine 1 [running]:", "main.run(0x1, 0x2)", "\t/app/main.go:7 +0x1d"]],
];

describe("a stack trace", () => {
  it.each(TRACES)("of %s is one record", (_, lines) => {
    const written = lines.filter((line) => line !== "");
    expect(join([...lines, "2026-01-02 INFO next"])).toEqual([written, ["2026-01-02 INFO next"]]);
  });
});

describe("limits", () => {
  it("end a record, and what follows starts the next", () => {
    expect(join(["a", " b", " c", " d"], { linesMax: 2, charactersMax: 100 })).toEqual([
      ["a", " b"],
      [" c", " d"],
    ]);
    expect(join(["aaaa", " bbbb", " c"], { linesMax: 10, charactersMax: 8 })).toEqual([
      ["aaaa"],
      [" bbbb", " c"],
    ]);
  });
});

it("loses no line but blank ones, and keeps their order", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(" x", "at y", "Caused by: z", "goroutine 1 [running]:", "main.f()", "plain"),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(join(lines, { linesMax: 3, charactersMax: 50 }).flat()).toEqual(
        lines.filter((text) => text.trim() !== ""),
      );
    }),
  );
});
