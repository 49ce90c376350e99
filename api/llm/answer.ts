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

/** Places at which the JSON may begin that are tried, the first and the last: each takes as long as all that is behind it. */
const BEGINNINGS_MAX = 16;

/**
 * Reads what a model wrote: JSON with all parts, each of text; of several the last, since thoughts and quotations come before an answer.
 * What it says is not judged: it is shown as text, never as markup.
 *
 * Throws an {@link LlmError} ("malformed") when there is none.
 *
 * Example: 'In {a}: {"summary":"A","likelyCause":"B","nextStep":"C"} {b}' is {summary: "A", likelyCause: "B", nextStep: "C"}.
 *
 * @param usage what it took, which counts even so
 */
export function parseAnswer(text: string, usage?: TokenUsage): LlmAnswer {
  let fault: string | undefined;
  for (const json of objectsIn(withoutThoughts(text))) {
    const parsed = answer.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    fault ??= `${issue?.path.join(".") || "the answer"} is ${faultOf(issue)}`;
  }
  throw new LlmError("malformed", fault ?? "the answer is no JSON", { usage });
}

function withoutThoughts(text: string): string {
  // Of an answer that begins at once it is a part, such as a line of the log.
  const thoughtsEnd = text.trimStart().startsWith("{") ? -1 : text.lastIndexOf(THOUGHTS_END);
  return thoughtsEnd === -1 ? text : text.slice(thoughtsEnd + THOUGHTS_END.length);
}

/**
 * What may be the JSON object, the last first: some models write around it, or put it into a Markdown fence, though they are asked not
 * to, and what they write may have braces.
 */
function* objectsIn(text: string): Generator<unknown> {
  const beginnings = [...text.matchAll(/\{\s*"/g)];
  const tried = beginnings.filter((_, at) => at === 0 || at > beginnings.length - BEGINNINGS_MAX);
  for (const { index } of tried.reverse()) {
    try {
      yield JSON.parse(text.slice(index, endOf(text, index)));
    } catch {
      // A brace of the text around it.
    }
  }
}

/** Where the object that begins there ends: behind the brace that closes it, or with the text. */
function endOf(text: string, start: number): number {
  let open = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isText = !isText;
    else if (isText) at += character === "\\" ? 1 : 0;
    else if (character === "{") open += 1;
    else if (character === "}") open -= 1;
    if (open === 0) return at + 1;
  }
  return text.length;
}

function faultOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "too_small") return "empty";
  if (issue?.code === "too_big") return "too long";
  return "missing or of another type";
}
