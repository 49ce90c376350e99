/** How rare a record is, as the tail colours it; an anomaly is one by its service's threshold, whatever its score. */
export type TailTone = "unscored" | "usual" | "uncommon" | "rare" | "anomaly";

/** One in ten, and one in a hundred, by the mapping score = 1 - p^(1/4) of the calibration. */
const UNCOMMON_FROM = 1 - 0.1 ** 0.25;
const RARE_FROM = 1 - 0.01 ** 0.25;

/** What the colours mean, in the order of the scale. */
export const tailScale: readonly { readonly tone: TailTone; readonly label: string }[] = [
  { tone: "usual", label: "usual" },
  { tone: "uncommon", label: "1 in 10" },
  { tone: "rare", label: "1 in 100" },
  { tone: "anomaly", label: "anomaly" },
];

/**
 * The step of the scale that a record stands on.
 *
 * Example: { score: 0.3, isAnomaly: false } -> "usual"; { score: 0.7, isAnomaly: false } -> "rare"
 */
export function tailTone({
  score,
  isAnomaly,
}: {
  readonly score: number | null;
  readonly isAnomaly: boolean;
}): TailTone {
  if (isAnomaly) return "anomaly";
  if (score === null) return "unscored";
  if (score >= RARE_FROM) return "rare";
  return score >= UNCOMMON_FROM ? "uncommon" : "usual";
}
