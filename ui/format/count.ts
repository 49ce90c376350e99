/** A whole number with separators. Example: 12345 -> "12,345" */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A large number at a glance. Example: 1234567 -> "1.2M" */
export function formatCompact(count: number): string {
  return count.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 });
}

/** A rate at a glance: one digit after the point below ten. Example: 0.25 -> "0.3"; 1234.5 -> "1.2K"; 42.4 -> "42" */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.05) return "< 0.1";
  if (rate >= 1000) return formatCompact(rate);
  return rate.toLocaleString("en-US", { maximumFractionDigits: rate < 10 ? 1 : 0 });
}

/** A share in percent, never rounded to nothing. Example: 0.254 -> "25 %"; 0.004 -> "0.4 %"; 0.0001 -> "< 0.1 %" */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent.toLocaleString("en-US", { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}

/** A count with its noun. Example: (1, "service") -> "1 service"; (3, "service") -> "3 services" */
export function formatNoun(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}
