import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Asker } from "../../api/llm/budget.ts";
import { explainerConfig } from "../../api/llm/config.ts";
import type { Explainer } from "../../api/llm/explainer.ts";
import { openExplainer } from "../../api/llm/open-explainer.ts";
import type { Anomaly, StoredAnomaly } from "../../store/anomaly.ts";
import type { LlmExplanation } from "../../store/llm.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly } from "../store-contract/an-anomaly.ts";

/** An explainer, and what came of it. */
export interface Explaining {
  readonly explainer: Explainer;
  readonly outcomes: readonly string[];
  readonly errors: readonly string[];
  /** Asks about an anomaly and waits for what is kept. */
  explain(fields?: Partial<Anomaly>, asker?: Asker): Promise<LlmExplanation | undefined>;
}

/** A fresh database. */
export function freshStore(): Promise<Store> {
  return openStore({ path: join(temporaryDirectory("logbert-llm"), "logbert.db") });
}

/** Opens one whose anomalies are of a service of their own, so that it knows no answer yet; the clock is the system's. */
export async function startExplaining(
  store: Store,
  settings: Readonly<Record<string, unknown>>,
): Promise<Explaining> {
  const service = randomUUID();
  const outcomes: string[] = [];
  const errors: string[] = [];
  const explainer = await openExplainer({
    config: explainerConfig.parse({
      retries: 0,
      calls_per_hour: 10_000,
      calls_per_minute: 1_000,
      ...settings,
    }),
    store,
    now: Date.now,
    onOutcome: (outcome) => outcomes.push(outcome),
    onError: (error) => errors.push(String(error)),
  });
  if (explainer === undefined) throw new Error("no language model is configured");
  return {
    explainer,
    outcomes,
    errors,
    async explain(fields = {}, asker = "person") {
      const anomaly: StoredAnomaly = {
        ...anAnomaly(1, { service, ...fields }),
        isAlert: true,
        incidentId: undefined,
      };
      await explainer.explain(anomaly, asker, "kind");
      return (await explainer.explanations([explainer.keyOf(anomaly, "kind")]))[0];
    },
  };
}
