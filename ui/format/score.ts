/**
 * A score as people compare it: three digits, cut instead of rounded, so that no score looks as if it had reached a
 * threshold that it has not.
 *
 * Example: 0.96849 -> "0.968"; 0.9999 -> "0.999"
 */
export function formatScore(score: number): string {
  return (Math.floor(score * 1000 + 1e-9) / 1000).toFixed(3);
}

/** Scores below are every sixteenth record and more: scales begin here while no threshold lies below. */
export const SCORE_SCALE_MIN = 0.5;

/** Where a score lies on a bar that begins at {@link SCORE_SCALE_MIN}, from 0 to 1. Example: 0.9 -> 0.8; 0.3 -> 0 */
export function scorePlaceOnBar(score: number): number {
  return Math.min(1, Math.max(0, (score - SCORE_SCALE_MIN) / (1 - SCORE_SCALE_MIN)));
}

/**
 * How rare a score is, from the mapping score = 1 - p^(1/4) of the calibration.
 *
 * Example: 0.85 -> "1 in 2,000"; 0.968 -> "1 in 950,000"
 */
export function formatRarity(score: number): string {
  const odds = (1 - score) ** -4;
  if (!Number.isFinite(odds) || odds >= 1e9) return "1 in over a billion";
  return `1 in ${twoDigits(odds).toLocaleString("en-US")}`;
}

/** A p-value, or any small probability. Example: 0.000012 -> "0.000012"; 1e-9 -> "< 0.000001" */
export function formatPValue(value: number): string {
  if (value < 1e-6) return "< 0.000001";
  return value.toLocaleString("en-US", { maximumSignificantDigits: 2, maximumFractionDigits: 20 });
}

/** A share as a percentage. Example: 0.874 -> "87 %"; 0.004 -> "< 1 %"; 0 -> "0 %" */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(share * 100)} %`;
}

function twoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}
