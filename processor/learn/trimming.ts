/** Share of the windows that an epoch leaves out: logs that nobody has labelled hold some anomalies (contamination). */
const TRIMMED = 0.01;

/**
 * Marks with 1 the units to leave out of the next epoch: those of the highest loss, at most 1 %. A unit that was left out
 * has no loss (NaN) and comes back, so that a rare habit is learned at half the pace instead of never.
 */
export function trimmedUnits(losses: Float32Array): Uint8Array {
  const trimmed = new Uint8Array(losses.length);
  const known = losses.filter((loss) => !Number.isNaN(loss)).sort();
  const count = Math.floor(known.length * TRIMMED);
  const limit = known[known.length - count];
  if (limit === undefined) return trimmed;
  for (const [unit, loss] of losses.entries()) if (loss > limit) trimmed[unit] = 1;
  return trimmed;
}
