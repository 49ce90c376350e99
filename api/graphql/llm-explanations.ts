import type { Explanation, StoredAnomaly } from "../../store/anomaly.ts";
import { isAnswer, type LlmAnswer, type LlmExplanation, type LlmFailure } from "../../store/llm.ts";
import { type ShownExplanation, shownExplanation } from "../llm/shown-explanation.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

/** An explanation with the anomaly that it is of. */
interface ExplanationOfAnomaly extends Explanation {
  readonly anomaly: StoredAnomaly;
}

/** A language model's answer, as it is shown with one of the anomalies that share it. */
interface ShownAnswer extends LlmAnswer, Omit<LlmExplanation, "outcome"> {
  readonly cached: boolean;
}

/** A failure, with what was sent for it. */
interface ShownFailure extends LlmFailure, Pick<LlmExplanation, "prompt" | "createdAtMs"> {}

type State = "OFF" | "NOT_ASKED" | "ASKING" | "ANSWERED" | "FAILED";

/** Mutation.explainAnomaly, and what a language model says of anomalies. */
export const llmExplanations = {
  Mutation: {
    async explainAnomaly(
      _: unknown,
      { id, force }: { readonly id: string; readonly force: boolean | null },
      context: Context,
    ): Promise<ExplanationOfAnomaly> {
      const { explainer, store, llmOf } = context;
      if (explainer === undefined)
        throw userError("UNAVAILABLE", "No language model is configured.", "explainer.provider names one.");
      const anomaly = await store.anomaly(id);
      if (anomaly === undefined)
        throw userError(
          "NOT_FOUND",
          "There is no anomaly with this id.",
          "It may be older than the retention.",
        );
      if (!anomaly.isAlert)
        throw userError(
          "BAD_USER_INPUT",
          "id: this is a sampled record that did not alert",
          "Only anomalies are explained by a language model.",
        );
      // It takes longer than an operation may hold up others.
      void explainer.explain(anomaly, "person", force === true ? "own" : "kind");
      llmOf.clearAll();
      return ofAnomaly(anomaly);
    },
  },
  Anomaly: {
    explanation: ofAnomaly,
  },
  Explanation: {
    async llm({ anomaly }: ExplanationOfAnomaly, _: unknown, context: Context): Promise<ShownAnswer | null> {
      const { answer } = await shownOf(anomaly, context);
      if (answer === undefined || !isAnswer(answer.outcome)) return null;
      const { outcome, ...rest } = answer;
      return { ...rest, ...outcome, cached: answer.anomalyId !== anomaly.id };
    },
    async llmRequest({ anomaly }: ExplanationOfAnomaly, _: unknown, context: Context) {
      const shown = await shownOf(anomaly, context);
      const state = stateOf(anomaly, shown, context);
      const isOver = state === "FAILED" || state === "ANSWERED";
      return { state, failure: isOver ? toShownFailure(shown) : null };
    },
  },
  LlmExplanation: {
    text: ({ summary, likelyCause, nextStep }: ShownAnswer) => `${summary}\n${likelyCause}\n${nextStep}`,
    createdAt: ({ createdAtMs }: ShownAnswer) => createdAtMs,
    promptTokens: ({ promptTokens }: ShownAnswer) => promptTokens ?? null,
    answerTokens: ({ answerTokens }: ShownAnswer) => answerTokens ?? null,
  },
  LlmFailure: {
    reason: ({ reason }: ShownFailure) => reason.replaceAll("-", "_").toUpperCase(),
    detail: ({ detail }: ShownFailure) => detail ?? null,
    prompt: ({ prompt }: ShownFailure) => prompt ?? null,
    failedAt: ({ createdAtMs }: ShownFailure) => createdAtMs,
    retryAt: ({ retryAtMs }: ShownFailure) => retryAtMs ?? null,
  },
};

function ofAnomaly(anomaly: StoredAnomaly): ExplanationOfAnomaly {
  return { ...anomaly.explanation, anomaly };
}

async function shownOf(anomaly: StoredAnomaly, { explainer, llmOf }: Context): Promise<ShownExplanation> {
  if (explainer === undefined) return shownExplanation(undefined, undefined);
  const [own, kind] = await Promise.all([
    llmOf.load(explainer.keyOf(anomaly, "own")),
    llmOf.load(explainer.keyOf(anomaly, "kind")),
  ]);
  return shownExplanation(own, kind);
}

function stateOf(
  anomaly: StoredAnomaly,
  { answer, failure }: ShownExplanation,
  { explainer }: Context,
): State {
  if (explainer === undefined || !anomaly.isAlert) return "OFF";
  if (answer?.anomalyId === anomaly.id) return "ANSWERED";
  if (explainer.isAsking(explainer.keyOf(anomaly, "own"))) return "ASKING";
  if (answer !== undefined) return "ANSWERED";
  if (explainer.isAsking(explainer.keyOf(anomaly, "kind"))) return "ASKING";
  return failure === undefined ? "NOT_ASKED" : "FAILED";
}

function toShownFailure({ failure }: ShownExplanation): ShownFailure | null {
  if (failure === undefined || isAnswer(failure.outcome)) return null;
  const { outcome, prompt, createdAtMs } = failure;
  return { ...outcome, prompt, createdAtMs };
}
