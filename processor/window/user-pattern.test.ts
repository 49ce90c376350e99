import { describe, expect, it } from "vitest";
import { compilePattern, patternProblem } from "./user-pattern.ts";

describe("a pattern from the configuration", () => {
  it.each([
    ["", "is empty"],
    ["(", "missing closing )"],
    ["(?=a)a", "no look-around"],
    ["(a)\\1", "no back-references"],
    ["x*", "empty text"],
    ["a{5000}", "repeat count"],
    ["x".repeat(513), "longer than 512"],
  ])("is refused where it is %j", (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(problem);
  });

  it("gives its matches, and of the first one its group", () => {
    const { all, first } = compilePattern("blk_(-?\\d+)");
    expect(all("é blk_-1, 🙂 blk_22")).toEqual([
      [2, 8],
      [13, 19],
    ]);
    expect(first("blk_-1 blk_2")).toBe("-1");
    expect(compilePattern("\\p{L}+").first("12 größer")).toBe("größer");
    expect(first("none")).toBeUndefined();
  });

  it.each(["(a+)+b", "(?:a|aa)+b", "(a|b|ab)*c", "(?:a?){30}a{30}b", "(\\w+\\s?)+!"])(
    "is answered on a text on which %j would go back for ever",
    (pattern) => {
      expect(patternProblem(pattern)).toBeUndefined();
      expect(compilePattern(pattern).first("a".repeat(50_000))).toBeUndefined();
    },
  );
});
