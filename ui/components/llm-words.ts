import { formatClock } from "../format/time.ts";
import type { LlmFailureData } from "./llm-query.ts";

const REASONS: Readonly<Record<LlmFailureData["reason"], string>> = {
  OVER_BUDGET: "the budget for it is used up",
  PAUSED: "it has failed again and again, and is left alone for a few minutes",
  RATE_LIMITED: "it wants fewer questions",
  TIMEOUT: "it did not answer in time",
  UNREACHABLE: "it cannot be reached",
  SERVER_ERROR: "it has failed",
  REFUSED: "it does not accept the question, its key or the model",
  MALFORMED: "its answer cannot be used",
};

/**
 * Why a language model gave no explanation, in a sentence or two.
 *
 * Example: "The language model gave no explanation: it has failed (HTTP 503). The plain one above holds."
 */
export function describeLlmFailure(
  { reason, detail, retryAt }: Pick<LlmFailureData, "reason" | "detail" | "retryAt">,
  nowMs: number,
): string {
  const cause = `${REASONS[reason]}${detail === null ? "" : ` (${detail})`}`;
  const isLater = retryAt !== null && Date.parse(retryAt) > nowMs;
  const remedy = isLater ? ` It can be asked again from ${formatClock(Date.parse(retryAt), nowMs)}.` : "";
  return `The language model gave no explanation: ${cause}. The plain one above holds.${remedy}`;
}
