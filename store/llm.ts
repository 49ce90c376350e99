/** Why a language model gave no explanation that can be used. */
export const LLM_FAILURES = [
  /** Nothing was sent: the budget is used up, or the provider has failed again and again and is left alone for a while. */
  "over-budget",
  "paused",
  /** The provider wants fewer requests, did not answer in time, cannot be reached, or has failed. */
  "rate-limited",
  "timeout",
  "unreachable",
  "server-error",
  /** The request, its key or its model is not accepted. */
  "refused",
  /** The answer has not the form that was asked for. */
  "malformed",
] as const;
export type LlmFailureReason = (typeof LLM_FAILURES)[number];

/** What a language model made of an anomaly: plain text. */
export interface LlmAnswer {
  readonly summary: string;
  readonly likelyCause: string;
  readonly nextStep: string;
}

/** Why there is no answer. */
export interface LlmFailure {
  readonly reason: LlmFailureReason;
  /** Such as "HTTP 404"; holds no secrets. */
  readonly detail: string | undefined;
  /** Before when asking again is in vain, as far as that is known. */
  readonly retryAtMs: number | undefined;
}

/** What an answer took, as the provider counts; undefined where it did not say. */
export interface TokenUsage {
  readonly promptTokens: number | undefined;
  /** A model's thinking included. */
  readonly answerTokens: number | undefined;
}

/** The last time that a language model was asked about anomalies of one kind, and what came of it. */
export interface LlmExplanation extends TokenUsage {
  /** Stands for the anomalies that share it. */
  readonly key: string;
  /** The one that was asked about. */
  readonly anomalyId: string;
  readonly provider: string;
  readonly model: string;
  /** What was sent; undefined where nothing was. */
  readonly prompt: string | undefined;
  readonly createdAtMs: number;
  readonly outcome: LlmAnswer | LlmFailure;
}

/** So many calls in any time of this length. */
export interface CallLimit {
  readonly spanMs: number;
  readonly max: number;
}

/** Part of the store: what language models were asked, and what they answered. */
export interface LlmStore {
  /** In any order; those that were never asked about are left out. */
  llmExplanations(keys: readonly string[]): Promise<readonly LlmExplanation[]>;
  /** Takes the place of what was stored under its key; a failure never that of an answer. */
  saveLlmExplanation(explanation: LlmExplanation): Promise<void>;
  /** Takes an incident on oneself, to ask about it unasked. False where a process has done so before, or there is none any more. */
  claimIncident(incidentId: string): Promise<boolean>;
  /** Counts a call if the limits leave room for it; else nothing is counted, and when there will be room is answered. */
  takeLlmCall(atMs: number, limits: readonly CallLimit[]): Promise<number | undefined>;
}

/** Whether an outcome is one that can be shown as an explanation. */
export function isAnswer(outcome: LlmAnswer | LlmFailure): outcome is LlmAnswer {
  return "summary" in outcome;
}

/**
 * When the limits leave room for another call; undefined: now. Calls ahead of now are of a clock that was set back since: they bound
 * nothing.
 *
 * Example: calls at 10 and 20, at most 2 in a span of 100, now 50: 110.
 *
 * @param callsMs times of earlier calls, in any order
 */
export function roomAtMs(
  callsMs: readonly number[],
  limits: readonly CallLimit[],
  atMs: number,
): number | undefined {
  const freeAtMs = limits.flatMap(({ spanMs, max }) => {
    const recent = callsMs.filter((one) => one > atMs - spanMs && one <= atMs).sort((a, b) => b - a);
    // Room there is when of the newest `max` calls the oldest has passed.
    const blocking = recent[max - 1];
    if (max === 0) return [atMs + spanMs];
    return blocking === undefined ? [] : [blocking + spanMs];
  });
  return freeAtMs.length === 0 ? undefined : Math.max(...freeAtMs);
}
