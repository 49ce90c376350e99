import type { Explanation, StoredAnomaly } from "../../store/anomaly.ts";
import { isAnswer, type LlmAnswer, type LlmExplanation, type LlmFailure } from "../../store/llm.ts";
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
      { id }: { readonly id: string },
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
      void explainer.explain(anomaly, "person");
      llmOf.clearAll();
      return ofAnomaly(anomaly);
    },
  },
  Anomaly: {
    explanation: ofAnomaly,
  },
  Explanation: {
    async llm({ anomaly }: ExplanationOfAnomaly, _: unknown, context: Context): Promise<ShownAnswer | null> {
      const stored = await storedOf(anomaly, context);
      if (stored === undefined || !isAnswer(stored.outcome)) return null;
      const { outcome, ...rest } = stored;
      return { ...rest, ...outcome, cached: stored.anomalyId !== anomaly.id };
    },
    async llmRequest({ anomaly }: ExplanationOfAnomaly, _: unknown, context: Context) {
      const stored = await storedOf(anomaly, context);
      const state = stateOf(anomaly, stored, context);
      return { state, failure: state === "FAILED" && stored !== undefined ? toShownFailure(stored) : null };
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

async function storedOf(
  anomaly: StoredAnomaly,
  { explainer, llmOf }: Context,
): Promise<LlmExplanation | undefined> {
  return explainer === undefined ? undefined : llmOf.load(explainer.keyOf(anomaly));
}

function stateOf(anomaly: StoredAnomaly, stored: LlmExplanation | undefined, { explainer }: Context): State {
  if (explainer === undefined || !anomaly.isAlert) return "OFF";
  if (stored !== undefined && isAnswer(stored.outcome)) return "ANSWERED";
  if (explainer.isAsking(explainer.keyOf(anomaly))) return "ASKING";
  return stored === undefined ? "NOT_ASKED" : "FAILED";
}

function toShownFailure({ outcome, prompt, createdAtMs }: LlmExplanation): ShownFailure | null {
  return isAnswer(outcome) ? null : { ...outcome, prompt, createdAtMs };
}
