import { formatRate } from "../format/count.ts";
import { formatScore } from "../format/score.ts";

/** How a service's threshold is found, as the API says it. */
export interface ThresholdRule {
  readonly mode: "AUTO" | "BUDGET" | "MANUAL";
  readonly alertsPerDay: number | null;
}

/** A threshold's rule in words. Example: "automatic, 5 alerts a day" */
export function ruleInWords({ mode, alertsPerDay }: ThresholdRule): string {
  const budget =
    alertsPerDay === null
      ? ""
      : `${formatRate(alertsPerDay)} ${alertsPerDay === 1 ? "alert" : "alerts"} a day`;
  switch (mode) {
    case "AUTO":
      return budget === "" ? "automatic" : `automatic, ${budget}`;
    case "BUDGET":
      return budget;
    case "MANUAL":
      return "fixed";
  }
}

/** A change of a threshold, as its history tells it. */
export interface ThresholdChangeWords extends ThresholdRule {
  /** In mode MANUAL. */
  readonly value: number | null;
}

/** What a threshold was set to. Example: "fixed at 0.900"; "2 alerts a day"; "automatic" */
export function changeInWords(change: ThresholdChangeWords): string {
  return change.mode === "MANUAL" && change.value !== null
    ? `fixed at ${formatScore(change.value)}`
    : ruleInWords(change);
}
