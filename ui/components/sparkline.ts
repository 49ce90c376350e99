import { formatCount, formatNoun } from "../format/count.ts";

/** One hour of a service. */
export interface SparkBucket {
  readonly records: number;
  readonly anomalies: number;
}

/** A bar of a sparkline; height 0 to 1. */
export interface SparkBar {
  readonly height: number;
  readonly isOdd: boolean;
}

/** Records as bars, the busiest hour the highest; hours with anomalies are set apart. */
export function sparkBars(buckets: readonly SparkBucket[]): readonly SparkBar[] {
  const most = buckets.reduce((max, { records }) => Math.max(max, records), 0);
  return buckets.map(({ records, anomalies }) => ({
    height: most === 0 ? 0 : records / most,
    isOdd: anomalies > 0,
  }));
}

/** The sparkline in words. Example: "Last 24 h: 12,345 records, 3 anomalies in 2 hours" */
export function sparkSummary(buckets: readonly SparkBucket[]): string {
  const records = buckets.reduce((sum, bucket) => sum + bucket.records, 0);
  if (records === 0) return "Last 24 h: nothing";
  const anomalies = buckets.reduce((sum, bucket) => sum + bucket.anomalies, 0);
  const hours = buckets.filter((bucket) => bucket.anomalies > 0).length;
  const odd =
    anomalies === 0
      ? "no anomalies"
      : `${formatNoun(anomalies, "anomaly", "anomalies")} in ${formatNoun(hours, "hour")}`;
  return `Last 24 h: ${formatCount(records)} records, ${odd}`;
}
