import type { LlmStore } from "../../store/llm.ts";
import { createAskWithCare } from "./ask-with-care.ts";
import { createBudget } from "./budget.ts";
import { type Asked, askedBy, type ExplainerConfig } from "./config.ts";
import { createExplainer, type Explainer, type ExplainerPorts } from "./explainer.ts";
import { createKeptExplanations } from "./kept-explanations.ts";
import type { Provider } from "./provider.ts";

/** What an explainer is opened with. */
export interface OpenExplainerOptions extends Pick<ExplainerPorts, "now" | "onOutcome" | "onError"> {
  readonly config: ExplainerConfig;
  readonly store: LlmStore;
}

/** The configured language model; undefined where there is none. Nothing is sent before somebody asks. */
export async function openExplainer(options: OpenExplainerOptions): Promise<Explainer | undefined> {
  const { config, store, now, onOutcome, onError } = options;
  const asked = askedBy(config);
  if (asked === undefined) return undefined;
  const closing = new AbortController();
  const ask = createAskWithCare({
    provider: await openProvider(asked, config, now),
    budget: createBudget(config, store, now),
    retries: config.retries,
    timeoutMs: config.timeout_ms,
    now,
    closing: closing.signal,
  });
  return createExplainer({
    ask,
    asked,
    isAutomatic: config.automatic,
    kept: createKeptExplanations(store, onError),
    now,
    closing,
    onOutcome,
    onError,
  });
}

/** Each is read only where it is used. */
async function openProvider(
  { provider, model }: Asked,
  config: ExplainerConfig,
  now: () => number,
): Promise<Provider> {
  switch (provider) {
    case "gemini":
      return (await import("./gemini.ts")).createGemini(config, model, now);
    case "openai-compatible":
      return (await import("./openai-compatible.ts")).createOpenAiCompatible(config, now);
  }
}
