import type { StoredAnomaly } from "../../store/anomaly.ts";
import { isAnswer, type LlmExplanation, type LlmFailure, type TokenUsage } from "../../store/llm.ts";
import type { AskWithCare } from "./ask-with-care.ts";
import type { Asker } from "./budget.ts";
import type { Asked } from "./config.ts";
import { fingerprint, ownFingerprint } from "./fingerprint.ts";
import type { KeptExplanations } from "./kept-explanations.ts";
import { LlmError } from "./llm-error.ts";
import type { LlmOutcome } from "./outcomes.ts";
import { buildPrompt, promptText } from "./prompt.ts";

/** What explaining needs. */
export interface ExplainerPorts {
  readonly ask: AskWithCare;
  readonly asked: Asked;
  readonly isAutomatic: boolean;
  readonly kept: KeptExplanations;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends everything that is under way. */
  readonly closing: AbortController;
  readonly onOutcome: (outcome: LlmOutcome) => void;
  readonly onError: (error: unknown) => void;
}

/** What is asked about: an anomaly as one of its kind, so that the answer is for all of them, or by itself. */
export type Scope = "kind" | "own";

/** Explains anomalies by a language model; what it makes of one is kept, and read from there. */
export interface Explainer {
  /** Whether the strongest anomaly of each new incident is asked about by itself. */
  readonly isAutomatic: boolean;
  /** What the explanation of an anomaly is kept under. */
  keyOf(anomaly: StoredAnomaly, scope: Scope): string;
  /** What became of the questions of these keys, in any order; those that were never asked about are left out. */
  explanations(keys: readonly string[]): Promise<readonly LlmExplanation[]>;
  /** Whether an explanation of this key is being asked for. */
  isAsking(key: string): boolean;
  /**
   * Asks, unless there is an answer, about an anomaly by itself unless one is about this very anomaly; whoever asks meanwhile waits for the same one, but a person does not share the end of an automatic one
   * for which nothing was sent. Ends when it is kept; never rejects.
   */
  explain(anomaly: StoredAnomaly, asker: Asker, scope: Scope): Promise<void>;
  /** Gives up what is under way. */
  close(): void;
}

/** What somebody wants to know. */
interface Wanted {
  readonly anomaly: StoredAnomaly;
  readonly asker: Asker;
  /** What it is kept under. */
  readonly key: string;
  /** Under which there may be an answer about this very anomaly, too. */
  readonly kindKey: string;
}

/** A question that is under way. */
interface Asking {
  readonly asker: Asker;
  /** Whether its end is one for others as well: not where nothing was sent, or where a budget ended it. */
  readonly work: Promise<boolean>;
}

/** The way of a question: what is kept, else the provider, and what came of it is kept in its turn. */
export function createExplainer(ports: ExplainerPorts): Explainer {
  const { asked, isAutomatic, closing, kept, onError } = ports;
  const asking = new Map<string, Asking>();
  const keyOf: Explainer["keyOf"] = (anomaly, scope) =>
    scope === "own" ? ownFingerprint(anomaly, asked) : fingerprint(anomaly, asked);
  const ask = (wanted: Wanted) =>
    explainOnce(wanted, ports).catch((error: unknown) => {
      if (!closing.signal.aborted) onError(error);
      return true;
    });
  return {
    isAutomatic,
    keyOf,
    explanations: (keys) => kept.read(keys),
    isAsking: (key) => asking.has(key),
    async explain(anomaly, asker, scope) {
      const key = keyOf(anomaly, scope);
      const wanted = { anomaly, asker, key, kindKey: keyOf(anomaly, "kind") };
      const before = asking.get(key);
      const isShared = before !== undefined && (before.asker === "person" || asker === "automatic");
      const one = isShared ? before : { asker, work: afterwards(before, () => ask(wanted)) };
      asking.set(key, one);
      await one.work;
      if (asking.get(key) === one) asking.delete(key);
    },
    close: () => closing.abort(),
  };
}

/** Asks, unless the question before settles it. */
async function afterwards(before: Asking | undefined, ask: () => Asking["work"]): Asking["work"] {
  const isSettled = before !== undefined && (await before.work);
  return isSettled || ask();
}

async function explainOnce(wanted: Wanted, ports: ExplainerPorts): Asking["work"] {
  const { anomaly, asker, key } = wanted;
  const { ask, asked, kept, now, onOutcome, onError } = ports;
  const { provider, model, sendsValues } = asked;
  if (await isAnswered(wanted, kept)) return true;
  const prompt = buildPrompt(anomaly, { sendsValues });
  let isSent = false;
  const noteSent = () => {
    isSent = true;
  };
  const keep = (outcome: LlmExplanation["outcome"], usage: TokenUsage | undefined) =>
    kept.keep({
      key,
      anomalyId: anomaly.id,
      provider,
      model,
      prompt: isSent ? promptText(prompt) : undefined,
      createdAtMs: now(),
      promptTokens: usage?.promptTokens,
      answerTokens: usage?.answerTokens,
      outcome,
    });
  try {
    const { answer, usage } = await ask(prompt, asker, noteSent);
    onOutcome("ok");
    await keep(answer, usage);
    return true;
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    onOutcome(error.reason);
    if (isSent) onError(new Error(`explainer: ${provider} gave no explanation: ${error.message}`));
    // To people it is as it was: nobody has asked, and nothing was sent.
    if (isSent || asker === "person") await keep(toFailure(error, now()), error.usage);
    return isSent && error.reason !== "over-budget";
  }
}

async function isAnswered({ anomaly, key, kindKey }: Wanted, kept: KeptExplanations): Promise<boolean> {
  const known = await kept.read([...new Set([key, kindKey])]);
  return known.some((one) => isAnswer(one.outcome) && (one.key === key || one.anomalyId === anomaly.id));
}

function toFailure({ reason, detail, retryAfterMs }: LlmError, nowMs: number): LlmFailure {
  return { reason, detail, retryAtMs: retryAfterMs === undefined ? undefined : nowMs + retryAfterMs };
}
