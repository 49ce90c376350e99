import type { LlmStore } from "../../store/llm.ts";
import { createAskWithCare } from "./ask-with-care.ts";
import { createBudget } from "./budget.ts";
import { chosenProvider, type ExplainerConfig } from "./config.ts";
import { createExplainer, type Explainer, type ExplainerPorts } from "./explainer.ts";
import type { Provider } from "./provider.ts";

/** What an explainer is opened with. */
export interface OpenExplainerOptions extends Pick<ExplainerPorts, "now" | "onOutcome" | "onError"> {
  readonly config: ExplainerConfig;
  readonly store: LlmStore;
}

/** The configured language model; undefined where there is none. Nothing is sent before somebody asks. */
export async function openExplainer(options: OpenExplainerOptions): Promise<Explainer | undefined> {
  const { config, store, now, onOutcome, onError } = options;
  const provider = await openProvider(config, now);
  if (provider === undefined) return undefined;
  const closing = new AbortController();
  const ask = createAskWithCare({
    provider,
    budget: createBudget(config, store, now),
    retries: config.retries,
    timeoutMs: config.timeout_ms,
    now,
    closing: closing.signal,
  });
  return createExplainer({
    ask,
    provider,
    sendsValues: config.send_values,
    isAutomatic: config.automatic,
    store,
    now,
    closing,
    onOutcome,
    onError,
  });
}

/** Each is read only where it is used. */
async function openProvider(config: ExplainerConfig, now: () => number): Promise<Provider | undefined> {
  const chosen = chosenProvider(config);
  if (chosen === "gemini") return (await import("./gemini.ts")).createGemini(config);
  if (chosen === "openai-compatible")
    return (await import("./openai-compatible.ts")).createOpenAiCompatible(config, now);
  return undefined;
}
