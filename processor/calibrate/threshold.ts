import type { ThresholdMode } from "../../store/threshold.ts";
import type { CalibrateConfig } from "./config.ts";
import { pValueOf, scoreOf } from "./score.ts";

/** Bounds on the false-alarm probability of one record that a budget may ask for. */
const P_BUDGET_MIN = 1e-7;
const P_BUDGET_MAX = 1e-2;
/** False alarms that the first records of a service may cost, for each time their number grows e-fold. */
const YOUTH_ALARMS = 0.25;

/** What people set for one service. */
export interface ThresholdChoice {
  readonly mode: ThresholdMode;
  /** Alerts a day, in mode `budget`. */
  readonly alertsPerDay: number | undefined;
  /** The threshold, in mode `manual`. */
  readonly value: number;
}

/** What is known of the service. */
export interface ServiceActivity {
  readonly learned: number;
  readonly recordsPerDay: number;
}

/**
 * The threshold on the score. From a budget of b alerts a day, a service of n records a day may give each record a
 * false-alarm probability of q = b / n, so the threshold is 1 - q^(1/4).
 *
 * A young service cannot support a small q, and its owner waits for the first incident: until the budget's q is reached,
 * q = 1 / (4 * records learned), which costs about a quarter of a false alarm for each e-fold of its age, two in all.
 */
export function thresholdOf(
  choice: ThresholdChoice | undefined,
  { learned, recordsPerDay }: ServiceActivity,
  config: CalibrateConfig,
): number {
  if (choice?.mode === "manual") return choice.value;
  if (choice?.mode !== "budget" && config.anomaly_threshold !== null) return config.anomaly_threshold;
  const alertsPerDay = (choice?.mode === "budget" ? choice.alertsPerDay : undefined) ?? config.alerts_per_day;
  const budget = Math.min(P_BUDGET_MAX, Math.max(P_BUDGET_MIN, alertsPerDay / Math.max(1, recordsPerDay)));
  const youth = Math.min(pValueOf(config.starting_threshold), YOUTH_ALARMS / Math.max(1, learned));
  const threshold = scoreOf(Math.max(budget, youth));
  return learned < config.learning_records ? Math.max(config.starting_threshold, threshold) : threshold;
}
