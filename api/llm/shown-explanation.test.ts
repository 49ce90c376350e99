import { expect, it } from "vitest";
import type { LlmExplanation } from "../../store/llm.ts";
import { shownExplanation } from "./shown-explanation.ts";

const asked = (outcome: LlmExplanation["outcome"], createdAtMs: number): LlmExplanation => ({
  key: "k",
  anomalyId: "a",
  provider: "gemini",
  model: "m",
  prompt: "p",
  promptTokens: 1,
  answerTokens: 1,
  createdAtMs,
  outcome,
});
const answer = (atMs = 1) => asked({ summary: "s", likelyCause: "l", nextStep: "n" }, atMs);
const failure = (atMs = 1) => asked({ reason: "timeout", detail: undefined, retryAtMs: undefined }, atMs);

it.each<[string, Parameters<typeof shownExplanation>, string, string]>([
  ["nothing", [undefined, undefined], "none", "none"],
  ["the answer about its kind", [undefined, answer()], "kind", "none"],
  ["its own answer before that", [answer(), answer(2)], "own", "none"],
  ["its own answer, though its kind failed later", [answer(), failure(2)], "own", "none"],
  ["why its own question failed beside the answer about its kind", [failure(2), answer()], "kind", "own"],
  ["why its kind failed", [undefined, failure()], "none", "kind"],
  ["the last failure of both", [failure(1), failure(2)], "none", "kind"],
])("with an anomaly is shown %s", (_, [own, kind], shownAnswer, shownFailure) => {
  const shown = shownExplanation(own, kind);
  const nameOf = (one: LlmExplanation | undefined) =>
    one === undefined ? "none" : one === own ? "own" : "kind";
  expect([nameOf(shown.answer), nameOf(shown.failure)]).toEqual([shownAnswer, shownFailure]);
});
