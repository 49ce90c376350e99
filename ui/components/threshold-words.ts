import { formatNoun, formatRate } from "../format/count.ts";
import { formatScore } from "../format/score.ts";

/** How a service's threshold is found, as the API says it. */
export interface ThresholdRule {
  readonly mode: "AUTO" | "BUDGET" | "MANUAL";
  readonly alertsPerDay: number | null;
}

/** A threshold's rule in words. Example: "2 alerts a day"; "as configured", which may be a budget as well as a fixed value */
export function ruleInWords({ mode, alertsPerDay }: ThresholdRule): string {
  switch (mode) {
    case "AUTO":
      return "as configured";
    case "BUDGET":
      return alertsPerDay === null
        ? "a budget of alerts"
        : `${formatRate(alertsPerDay)} ${alertsPerDay === 1 ? "alert" : "alerts"} a day`;
    case "MANUAL":
      return "fixed";
  }
}

/** A change of a threshold, as its history tells it. */
export interface ThresholdChangeWords extends ThresholdRule {
  /** In mode MANUAL. */
  readonly value: number | null;
}

/** What a threshold was set to. Example: "fixed at 0.900"; "2 alerts a day"; "as configured" */
export function changeInWords(change: ThresholdChangeWords): string {
  return change.mode === "MANUAL" && change.value !== null
    ? `fixed at ${formatScore(change.value)}`
    : ruleInWords(change);
}

/** How often a threshold would have alerted. Example: "12 alerts (0.4 a day)"; "12 alerts" where that tells nothing of a day */
export function alertsInWords(outcome: {
  readonly alerts: number;
  readonly alertsPerDay: number | undefined;
}): string {
  const alerts = formatNoun(outcome.alerts, "alert");
  return outcome.alertsPerDay === undefined
    ? alerts
    : `${alerts} (${formatRate(outcome.alertsPerDay)} a day)`;
}

/** As the stage has it: a service of n records is not trusted with a false-alarm probability below a quarter of 1/n. */
const YOUTH_ALARMS = 0.25;

/** Whether a service has sent too few records for its threshold to follow a budget of alerts a day. */
export function isTooYoungFor(
  alertsPerDay: number | undefined,
  service: { readonly learningState: "LEARNING" | "READY"; readonly records: number },
  scores: { readonly records: number; readonly days: number },
): boolean {
  if (service.learningState === "LEARNING") return true;
  if (alertsPerDay === undefined || scores.days <= 0) return false;
  return service.records * alertsPerDay < YOUTH_ALARMS * (scores.records / scores.days);
}
