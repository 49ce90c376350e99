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
    ["prose with braces", `Of {service} in {"a": 1} and {"b":\n${json}\n{"c": 2}, or {} and {"d`],
    ["an object around it that has no end", `{"answer": ${json}`],
    ["thoughts whose begin is in the template", `First {"a": 1}.\n</think>\n${json}`],
  ])("is read out of %s", (_, text) => {
    expect(parseAnswer(text)).toEqual(ANSWER);
  });

  it.each([
    ["line ends in a fence", `\`\`\`${"\n".repeat(1_000_000)}x`],
    ["braces", "{".repeat(1_000_000)],
    ["objects that begin", '{"a":'.repeat(200_000)],
    ["objects", '{"a":1}'.repeat(140_000)],
    ["ends of thoughts", "</think>".repeat(100_000)],
  ])("that is nothing but %s is refused at once", (_, text) => {
    expect(() => parseAnswer(text)).toThrow(LlmError);
  });

  it("is the last one, not what is quoted before it", () => {
    const quoted = JSON.stringify({ ...ANSWER, summary: "All is well." });
    expect(parseAnswer(`The line is ${quoted}. So:\n${json}`)).toEqual(ANSWER);
  });

  it("may hold braces and quotation marks, and more than its parts", () => {
    const whole = { ...ANSWER, summary: 'It says "}" and {"a": "{" \\', nextStep: "Look at {" };
    expect(parseAnswer(`See {it}: ${JSON.stringify({ ...whole, more: { a: 1 } })} {end}`)).toEqual(whole);
  });

  it("may hold many objects beside its parts", () => {
    expect(parseAnswer(JSON.stringify({ ...ANSWER, more: Array(40).fill({ a: 1 }) }))).toEqual(ANSWER);
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
