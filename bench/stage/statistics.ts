/** The value below which a share of the ascending values lies; NaN of none. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.floor((ascending.length - 1) * share)] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2;
}

/** Three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "";
  return Math.abs(value) < 100 ? value.toPrecision(3) : String(Number(value.toPrecision(3)));
}

/** The median; of several values also the smallest and the largest. Example: [3, 1, 2] gives "2.00 (1.00-3.00)"; nothing where there is no figure. */
export function spread(values: readonly number[]): string {
  if (!values.every(Number.isFinite)) return "";
  const middle = figure(median(values));
  return values.length === 1
    ? middle
    : `${middle} (${figure(Math.min(...values))}-${figure(Math.max(...values))})`;
}

/** A straight line through points (ordinary least squares), with the standard error of its slope. */
export interface Trend {
  readonly mean: number;
  /** Change of y for each unit of x. */
  readonly slope: number;
  readonly slopeError: number;
  /** From the first point to the last. */
  readonly span: number;
}

/** The line through three or more points; undefined of fewer, or where all have the same x. */
export function linearTrend(
  points: readonly { readonly x: number; readonly y: number }[],
): Trend | undefined {
  const n = points.length;
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const squares = mean(({ x }) => (x - meanX) ** 2) * n;
  if (n < 3 || squares === 0) return undefined;
  const slope = (mean(({ x, y }) => (x - meanX) * (y - meanY)) * n) / squares;
  const residuals = mean(({ x, y }) => (y - meanY - slope * (x - meanX)) ** 2) * n;
  const xs = points.map(({ x }) => x);
  return {
    mean: meanY,
    slope,
    slopeError: Math.sqrt(residuals / (n - 2) / squares),
    span: Math.max(...xs) - Math.min(...xs),
  };
}

/** Growth over the whole span that is none to speak of, as a share of the mean. */
const GROWTH_SHARE_MAX = 0.1;
/** Standard errors on each side of a slope that it is believed to lie within. */
const ERRORS = 2;

/**
 * Whether a trend is flat: "yes" when it grows by less than a tenth of its mean over its span even at the upper end of what the slope
 * may be; "no" when it grows by more at the lower end; "unknown" when the points lie too wide apart to tell.
 */
export function flatness({ mean, slope, slopeError, span }: Trend): "yes" | "no" | "unknown" {
  const growthMax = GROWTH_SHARE_MAX * Math.abs(mean);
  if ((slope + ERRORS * slopeError) * span < growthMax) return "yes";
  return (slope - ERRORS * slopeError) * span > growthMax ? "no" : "unknown";
}
