import { z } from "zod";

/** A value moves the moments at most as if it were so many standard deviations away: one outlier does not hide the next. */
const WINSORISED_AT = 3;
/** Values after which a value weighs 1/e: habits may change. */
const VALUES_MAX = 1_000;

/** Moments as JSON: [values, mean, variance]. */
export const runningMomentsState = z.tuple([z.number().min(0), z.number(), z.number().min(0)]);
export type RunningMomentsState = z.infer<typeof runningMomentsState>;

/** Location and scale of numbers as they come. */
export interface RunningMoments {
  values: number;
  mean: number;
  variance: number;
}

export function runningMoments([values, mean, variance]: RunningMomentsState = [0, 0, 0]): RunningMoments {
  return { values, mean, variance };
}

/** How many standard deviations the value is above the mean; a scale below `scaleMin` counts as that. */
export function zScore({ mean, variance }: RunningMoments, value: number, scaleMin: number): number {
  return (value - mean) / Math.max(scaleMin, Math.sqrt(variance));
}

/** Welford's update (1962), winsorised and faded. */
export function addValue(moments: RunningMoments, value: number, scaleMin: number): void {
  moments.values = Math.min(VALUES_MAX, moments.values + 1);
  const reach = WINSORISED_AT * Math.max(scaleMin, Math.sqrt(moments.variance));
  const bounded =
    moments.values < 2 ? value : Math.min(moments.mean + reach, Math.max(moments.mean - reach, value));
  const difference = bounded - moments.mean;
  moments.mean += difference / moments.values;
  moments.variance += (difference * (bounded - moments.mean) - moments.variance) / moments.values;
}
