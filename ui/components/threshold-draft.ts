import type { ServiceData } from "./services-query.ts";

/** Most alerts a day that can be asked for: more is no alerting. */
export const ALERTS_PER_DAY_MAX = 10_000;

const BUDGET_AT_FIRST = 5;

/** What the form holds: each mode keeps its own value, so that looking at another one loses nothing. */
export interface ThresholdDraft {
  readonly mode: ServiceData["threshold"]["mode"];
  /** As typed. */
  readonly alertsPerDay: string;
  readonly value: number;
}

/** The form as it opens: what is in force. */
export function toDraft(threshold: ServiceData["threshold"]): ThresholdDraft {
  return {
    mode: threshold.mode,
    alertsPerDay: String(threshold.alertsPerDay ?? BUDGET_AT_FIRST),
    value: threshold.value,
  };
}

/** What is sent to the API: exactly one of the three ways. */
export type ThresholdChange =
  | { readonly auto: true }
  | { readonly alertsPerDay: number }
  | { readonly value: number };

/** Reads the form; a string says what is wrong with it. */
export function readDraft({ mode, alertsPerDay, value }: ThresholdDraft): ThresholdChange | string {
  if (mode === "AUTO") return { auto: true };
  if (mode === "MANUAL") return { value };
  const budget = alertsPerDay.trim() === "" ? Number.NaN : Number(alertsPerDay);
  if (!(budget > 0 && budget <= ALERTS_PER_DAY_MAX)) {
    return `Alerts a day must be a number above 0 and at most ${ALERTS_PER_DAY_MAX.toLocaleString("en-US")}.`;
  }
  return { alertsPerDay: budget };
}
