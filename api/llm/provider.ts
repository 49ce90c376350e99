import type { TokenUsage } from "../../store/llm.ts";
import type { Prompt } from "./prompt.ts";

/** What a provider gave back. */
export interface ProviderAnswer {
  /** What the model wrote, whatever that is. */
  readonly text: string;
  readonly usage: TokenUsage;
}

/** A language model somewhere. */
export interface Provider {
  /** Asks once. Rejects with an LlmError only; `signal` ends it early. */
  ask(prompt: Prompt, signal: AbortSignal): Promise<ProviderAnswer>;
}
