import type { CallLimit, LlmStore } from "../../store/llm.ts";
import type { ExplainerConfig } from "./config.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Who wants to know: somebody who looks at the anomaly, or nobody yet. */
export type Asker = "person" | "automatic";

/** What calls may cost: counted in the database, so that neither a restart nor a second process begins anew. */
export interface Budget {
  /** Counts a call; or answers when there will be room for one, and counts none. */
  take(asker: Asker): Promise<number | undefined>;
}

/** So many calls an hour and a minute; half of them are left to people. */
export function createBudget(
  config: Pick<ExplainerConfig, "calls_per_hour" | "calls_per_minute">,
  store: Pick<LlmStore, "takeLlmCall">,
  now: () => number,
): Budget {
  return { take: (asker) => store.takeLlmCall(now(), limitsFor(asker, config)) };
}

/** The limits that hold for an asker. */
export function limitsFor(
  asker: Asker,
  { calls_per_hour: perHour, calls_per_minute: perMinute }: Parameters<typeof createBudget>[0],
): readonly CallLimit[] {
  const shareOf = (max: number) => (asker === "automatic" ? Math.floor(max / 2) : max);
  return [
    { spanMs: MINUTE_MS, max: shareOf(perMinute) },
    { spanMs: HOUR_MS, max: shareOf(perHour) },
  ];
}
