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

/** The days before an instant, as the API takes them. */
export function trialPeriod(days: TrialDays, nowMs: number): { readonly from: string; readonly to: string } {
  return {
    from: new Date(nowMs - Number(days) * DAY_MS).toISOString(),
    to: new Date(nowMs).toISOString(),
  };
}
