import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnswer } from "./answer.ts";
import { LlmError } from "./llm-error.ts";

const ANSWER = { summary: "a", likelyCause: "b", nextStep: "c" };

describe("an answer", () => {
  it.each([
    ["", "malformed: the answer is no JSON"],
    ["{", "malformed: the answer is no JSON"],
    ["null", "malformed: the answer is no JSON"],
    ['{"summary": "a", "likelyCause": "b"}', "malformed: nextStep is missing or of another type"],
    ['{"summary": " ", "likelyCause": "b", "nextStep": "c"}', "malformed: summary is empty"],
    [JSON.stringify({ ...ANSWER, nextStep: "x".repeat(1_501) }), "malformed: nextStep is too long"],
  ])("that is %j is none", (text, message) => {
    expect(() => parseAnswer(text)).toThrow(new LlmError("malformed", message.slice("malformed: ".length)));
  });

  it("is its three parts, and nothing else that a model adds", () => {
    expect(parseAnswer(JSON.stringify({ ...ANSWER, confidence: 1 }))).toEqual(ANSWER);
  });

  const json = JSON.stringify(ANSWER);

  it.each([
    ["a Markdown fence", `\`\`\`json\n${json}\n\`\`\`\n`],
    ["prose", `Here it is:\n\n${json}\nI hope that this helps.`],
    ["thoughts", `<think>\nFirst {"a": 1}.\n</think>\n\n${json}`],
    ["thoughts whose begin is in the template", `First {"a": 1}.\n</think>\n${json}`],
  ])("is read out of %s", (_, text) => {
    expect(parseAnswer(text)).toEqual(ANSWER);
  });

  it.each([
    ["line ends in a fence", `\`\`\`${"\n".repeat(1_000_000)}x`],
    ["braces", "{".repeat(1_000_000)],
    ["ends of thoughts", "</think>".repeat(100_000)],
  ])("that is nothing but %s is refused at once", (_, text) => {
    expect(() => parseAnswer(text)).toThrow(LlmError);
  });

  it("may speak of the end of thoughts", () => {
    const about = { ...ANSWER, summary: "The log says </think> {1}." };
    expect(parseAnswer(JSON.stringify(about))).toEqual(about);
  });

  it("stays what it says, markup included", () => {
    const summary = '<img src=x onerror="alert(1)"> [click](https://evil.example)';
    expect(parseAnswer(JSON.stringify({ ...ANSWER, summary })).summary).toBe(summary);
  });

  it("is read or refused by name, whatever came", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ summary: fc.anything(), likelyCause: fc.string(), nextStep: fc.string() })
        .map((one) => JSON.stringify(one) ?? ""),
    );
    fc.assert(
      fc.property(anything, (text) => {
        try {
          expect(Object.keys(parseAnswer(text))).toEqual(["summary", "likelyCause", "nextStep"]);
        } catch (error) {
          expect(error).toBeInstanceOf(LlmError);
        }
      }),
    );
  });
});
