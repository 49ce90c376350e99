/** Past these observations they fade: what is usual may change. */
const OBSERVATIONS_MAX = 1_000;
/** How many observations the mean over all is worth for what was hardly seen. */
const PRIOR_OBSERVATIONS = 5;

/** A mean of which the past counts less and less. */
export interface FadedMean {
  observations: number;
  sum: number;
}

/** The mean of nothing yet. */
export function emptyMean(): FadedMean {
  return { observations: 0, sum: 0 };
}

/** Takes one more value into the mean. */
export function addValue(mean: FadedMean, value: number): void {
  mean.observations += 1;
  mean.sum += value;
  if (mean.observations < OBSERVATIONS_MAX) return;
  mean.observations /= 2;
  mean.sum /= 2;
}

/** The mean; 0 before the first value. */
export function meanOrZero({ observations, sum }: FadedMean): number {
  return observations === 0 ? 0 : sum / observations;
}

/** The mean of what may hardly have been seen: then it is mostly `overall`, the mean over all. */
export function meanNear({ observations, sum }: FadedMean, overall: number): number {
  return (sum + PRIOR_OBSERVATIONS * overall) / (observations + PRIOR_OBSERVATIONS);
}
