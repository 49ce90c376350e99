/**
 * -ln P(|Z| >= z) of the standard normal, in nats; 0 at 0, and without end: the tail by Birnbaum-like bounds
 * 2 / (z + sqrt(z^2 + 8 / pi)), which are exact at 0 and within 1 % beyond.
 * @param z not negative
 */
export function normalSurprise(z: number): number {
  return z ** 2 / 2 + Math.log((z + Math.sqrt(z ** 2 + 8 / Math.PI)) / Math.sqrt(8 / Math.PI));
}
