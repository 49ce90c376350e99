import { formatDuration } from "../format/time.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Days of stored scores that thresholds can be tried on, as they are written in the address. */
export type TrialDays = "1" | "7" | "30";

/** The choices, for the control. */
export const trialDaysOptions = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
] as const;

/** Reads the days from the address; what it does not know is 30. */
export function toTrialDays(text: string | null): TrialDays {
  return trialDaysOptions.find(({ value }) => value === text)?.value ?? "30";
}

/** The days in words. Example: "1" -> "the last day"; "7" -> "the last 7 days" */
export function trialDaysInWords(days: TrialDays): string {
  return days === "1" ? "the last day" : `the last ${days} days`;
}

/** Shares of the period that scores must cover to be those of the whole period. */
const WHOLE_SHARE = 0.9;

/**
 * The time that there are scores for, where that is much less than the period they were asked for.
 *
 * Example: (29.9, "30") -> "the last 30 days"; (12, "30") -> "the 12 d that there are scores for"; (0, "1") -> "less than a
 * minute of scores"
 */
export function scoresSpanInWords(days: number, asked: TrialDays): string {
  if (days >= WHOLE_SHARE * Number(asked)) return trialDaysInWords(asked);
  const spanMs = days * DAY_MS;
  if (spanMs < MINUTE_MS) return "less than a minute of scores";
  return `the ${formatDuration(spanMs)} that there are scores for`;
}

/** The days before an instant, as the API takes them. */
export function trialPeriod(days: TrialDays, nowMs: number): { readonly from: string; readonly to: string } {
  return {
    from: new Date(nowMs - Number(days) * DAY_MS).toISOString(),
    to: new Date(nowMs).toISOString(),
  };
}
