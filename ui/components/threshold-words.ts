import { formatRate } from "../format/count.ts";

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
