import { isAnswer, type LlmExplanation } from "../../store/llm.ts";

/** What of a language model's explanations is shown with an anomaly. */
export interface ShownExplanation {
  readonly answer: LlmExplanation | undefined;
  /** The last question that failed, where no answer is about this very anomaly. */
  readonly failure: LlmExplanation | undefined;
}

/**
 * An answer about the anomaly itself before one that it shares with its kind.
 *
 * @param own what was asked about it alone
 * @param kind what was asked about its kind
 */
export function shownExplanation(
  own: LlmExplanation | undefined,
  kind: LlmExplanation | undefined,
): ShownExplanation {
  const [answer] = [own, kind].filter((one) => one !== undefined && isAnswer(one.outcome));
  if (answer !== undefined && answer === own) return { answer, failure: undefined };
  const [failure] = [own, kind]
    .filter((one) => one !== undefined && !isAnswer(one.outcome))
    .toSorted((a, b) => (b?.createdAtMs ?? 0) - (a?.createdAtMs ?? 0));
  return { answer, failure };
}
