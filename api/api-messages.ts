import { z } from "zod";
import { storeConfig } from "../store/config.ts";
import type { LiveRecord } from "../store/live-record.ts";
import { alertsConfig } from "./alerts/config.ts";
import type { AlertOutcome } from "./alerts/send-messages.ts";
import { apiConfig } from "./config.ts";
import { explainerConfig } from "./llm/config.ts";
import type { LlmOutcome } from "./llm/outcomes.ts";

/** The stage and the API run in processes of their own: what they say to each other besides the store. */
export const startMessage = z.object({
  kind: z.literal("start"),
  config: apiConfig,
  alerts: alertsConfig,
  explainer: explainerConfig,
  store: storeConfig,
  version: z.string(),
  uiDirectory: z.string(),
});

/** To the API process. */
export type ToApi =
  | z.input<typeof startMessage>
  | { readonly kind: "records"; readonly records: readonly LiveRecord[] }
  | { readonly kind: "stop" };

/** From the API process. */
export type FromApi =
  /** The address is "" where the API is switched off, and the process tells alerts alone. */
  | { readonly kind: "listening"; readonly address: string }
  | { readonly kind: "failed"; readonly message: string; readonly remedy: string }
  | { readonly kind: "watched"; readonly isWatched: boolean }
  | { readonly kind: "alerted"; readonly channel: string; readonly outcome: AlertOutcome }
  | { readonly kind: "explained"; readonly outcome: LlmOutcome }
  | { readonly kind: "error"; readonly reason: string };
