/**
 * -ln of the Chernoff bound on P(X >= count) for a negative binomial X, in nats; 0 up to the mean. It orders counts as the
 * exact tail does, has no end, and costs two logarithms. Without overdispersion it is Poisson's.
 * @param dispersion variance over mean, above 1
 */
export function countSurprise(count: number, mean: number, dispersion: number): number {
  if (count <= mean) return 0;
  const size = mean / (dispersion - 1);
  return count * Math.log(count / mean) - (count + size) * Math.log((count + size) / (mean + size));
}

/**
 * -ln of the Chernoff bound on P(X >= wait) for a gamma-distributed X, in nats; 0 up to the mean.
 * @param shape mean squared over variance: 1 is a Poisson process, more is more regular
 */
export function waitSurprise(wait: number, mean: number, shape: number): number {
  const ratio = wait / mean;
  return ratio <= 1 ? 0 : shape * (ratio - 1 - Math.log(ratio));
}
