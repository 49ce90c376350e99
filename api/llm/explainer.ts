import type { StoredAnomaly } from "../../store/anomaly.ts";
import {
  isAnswer,
  LLM_FAILURES,
  type LlmExplanation,
  type LlmFailure,
  type LlmStore,
} from "../../store/llm.ts";
import type { AskWithCare } from "./ask-with-care.ts";
import type { Asker } from "./budget.ts";
import type { Asked } from "./config.ts";
import { fingerprint } from "./fingerprint.ts";
import { LlmError } from "./llm-error.ts";
import { buildPrompt, promptText } from "./prompt.ts";

/** How asking about an anomaly ended, as it is counted. */
export const LLM_OUTCOMES = ["ok", ...LLM_FAILURES] as const;
export type LlmOutcome = (typeof LLM_OUTCOMES)[number];

/** What explaining needs. */
export interface ExplainerPorts {
  readonly ask: AskWithCare;
  readonly asked: Asked;
  readonly isAutomatic: boolean;
  readonly store: Pick<LlmStore, "llmExplanations" | "saveLlmExplanation">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends everything that is under way. */
  readonly closing: AbortController;
  readonly onOutcome: (outcome: LlmOutcome) => void;
  readonly onError: (error: unknown) => void;
}

/** Explains anomalies by a language model; what it makes of one is stored, and read from there. */
export interface Explainer {
  /** Whether the strongest anomaly of each new incident is asked about by itself. */
  readonly isAutomatic: boolean;
  /** What the explanation of an anomaly is stored under. */
  keyOf(anomaly: StoredAnomaly): string;
  /** Whether an explanation of this key is being asked for. */
  isAsking(key: string): boolean;
  /** Asks, unless there is an answer; whoever asks meanwhile waits for the same one. Ends when it is stored; never rejects. */
  explain(anomaly: StoredAnomaly, asker: Asker): Promise<void>;
  /** Gives up what is under way. */
  close(): void;
}

/** The way of a question: what is stored, else the provider, and what came of it is stored in its turn. */
export function createExplainer(ports: ExplainerPorts): Explainer {
  const { asked, isAutomatic, closing, onError } = ports;
  const asking = new Map<string, Promise<void>>();
  const keyOf = (anomaly: StoredAnomaly) => fingerprint(anomaly, asked);
  return {
    isAutomatic,
    keyOf,
    isAsking: (key) => asking.has(key),
    explain(anomaly, asker) {
      const key = keyOf(anomaly);
      const others = asking.get(key);
      if (others !== undefined) return others;
      const work = explainOnce(key, anomaly, asker, ports)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) onError(error);
        })
        .finally(() => asking.delete(key));
      asking.set(key, work);
      return work;
    },
    close: () => closing.abort(),
  };
}

async function explainOnce(
  key: string,
  anomaly: StoredAnomaly,
  asker: Asker,
  ports: ExplainerPorts,
): Promise<void> {
  const { ask, asked, store, now, onOutcome, onError } = ports;
  const { provider, model, sendsValues } = asked;
  const [stored] = await store.llmExplanations([key]);
  if (stored !== undefined && isAnswer(stored.outcome)) return;
  const prompt = buildPrompt(anomaly, { sendsValues });
  let isSent = false;
  const noteSent = () => {
    isSent = true;
  };
  const save = (result: Pick<LlmExplanation, "outcome" | "promptTokens" | "answerTokens">) =>
    store.saveLlmExplanation({
      key,
      anomalyId: anomaly.id,
      provider,
      model,
      prompt: isSent ? promptText(prompt) : undefined,
      createdAtMs: now(),
      ...result,
    });
  try {
    const { answer, ...usage } = await ask(prompt, asker, noteSent);
    await save({ outcome: answer, ...usage });
    onOutcome("ok");
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    onOutcome(error.reason);
    // To people it is as it was: nobody has asked, and nothing was sent.
    if (asker === "automatic" && !isSent) return;
    await save({ outcome: toFailure(error, now()), promptTokens: undefined, answerTokens: undefined });
    if (isSent) onError(new Error(`explainer: ${provider} gave no explanation: ${error.message}`));
  }
}

function toFailure({ reason, detail, retryAfterMs }: LlmError, nowMs: number): LlmFailure {
  return { reason, detail, retryAtMs: retryAfterMs === undefined ? undefined : nowMs + retryAfterMs };
}
