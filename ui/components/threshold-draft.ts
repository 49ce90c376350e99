import type { ThresholdRule } from "./threshold-words.ts";

/** Most alerts a day that can be asked for: more is no alerting. */
export const ALERTS_PER_DAY_MAX = 10_000;

const BUDGET_AT_FIRST = 5;

/** What the form holds: each mode keeps its own value, so that looking at another one loses nothing. */
export interface ThresholdDraft {
  readonly mode: ThresholdRule["mode"];
  /** As typed. */
  readonly alertsPerDay: string;
  readonly value: number;
}

/** The form as it opens: what is in force. */
export function toDraft(threshold: ThresholdRule & { readonly value: number }): ThresholdDraft {
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

/** A threshold as somebody typed it, with a point or a comma; undefined for what is no number from 0 to 1. */
export function readThreshold(text: string): number | undefined {
  const value = text.trim() === "" ? Number.NaN : Number(text.replace(",", "."));
  return value >= 0 && value <= 1 ? value : undefined;
}

/** The budget as somebody typed it; undefined for what is no budget. */
export function readBudget(text: string): number | undefined {
  const budget = text.trim() === "" ? Number.NaN : Number(text);
  return budget > 0 && budget <= ALERTS_PER_DAY_MAX ? budget : undefined;
}

/** Reads the form; a string says what is wrong with it. */
export function readDraft({ mode, alertsPerDay, value }: ThresholdDraft): ThresholdChange | string {
  if (mode === "AUTO") return { auto: true };
  if (mode === "MANUAL") return { value };
  const budget = readBudget(alertsPerDay);
  if (budget === undefined) {
    return `Alerts a day must be a number above 0 and at most ${ALERTS_PER_DAY_MAX.toLocaleString("en-US")}.`;
  }
  return { alertsPerDay: budget };
}
