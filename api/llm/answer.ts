import { z } from "zod";
import type { LlmAnswer, TokenUsage } from "../../store/llm.ts";
import { LlmError } from "./llm-error.ts";

/** Longest text of one part; more than was asked for is no answer to show. */
const CHARACTERS_MAX = 1_500;

const part = z.string().trim().min(1).max(CHARACTERS_MAX);
const answer = z.object({ summary: part, likelyCause: part, nextStep: part });

/** The parts of an answer, and what a model is told of each. */
export const ANSWER_PARTS: Readonly<Record<keyof LlmAnswer, string>> = {
  summary: "What happened, in one or two sentences.",
  likelyCause: "The most likely cause, and how sure that is; or that the data do not tell.",
  nextStep: "The first thing to look at or to check.",
};

/** What ends the thoughts that some models write before their answer, where the server does not take them out. */
const THOUGHTS_END = "</think>";

/**
 * Reads what a model wrote: JSON with all parts, each of text. What it says is not judged: it is shown as text, never as markup.
 *
 * Throws an {@link LlmError} ("malformed") when it is not.
 *
 * @param usage what it took, which counts even so
 */
export function parseAnswer(text: string, usage?: TokenUsage): LlmAnswer {
  const parsed = answer.safeParse(fromJson(objectIn(text), usage));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const detail = `${issue?.path.join(".") || "the answer"} is ${faultOf(issue)}`;
  throw new LlmError("malformed", detail, { usage });
}

/** What may be the JSON object: some models write around it, or put it into a Markdown fence, though they are asked not to. */
function objectIn(text: string): string {
  // Of an answer that begins at once it is a part, such as a line of the log.
  const thoughtsEnd = text.trimStart().startsWith("{") ? -1 : text.lastIndexOf(THOUGHTS_END);
  const written = thoughtsEnd === -1 ? text : text.slice(thoughtsEnd + THOUGHTS_END.length);
  return written.slice(Math.max(0, written.indexOf("{")), written.lastIndexOf("}") + 1);
}

function fromJson(text: string, usage: TokenUsage | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LlmError("malformed", "the answer is no JSON", { usage });
  }
}

function faultOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "too_small") return "empty";
  if (issue?.code === "too_big") return "too long";
  return "missing or of another type";
}
