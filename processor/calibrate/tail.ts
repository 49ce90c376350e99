/** The upper part of a sample that the tail is fitted to. */
const TAIL_SHARE = 0.05;
/** Fewer exceedances than this give no shape. */
const SHAPED_FROM = 20;
/** Above it one far outlier would make everything plausible. */
const SHAPE_MAX = 0.3;
/** How many exceedances the prior scale is worth. */
const PRIOR_EXCEEDANCES = 3;

/** A generalised Pareto tail: P(X > from + x) = mass * (1 + shape * x / scale)^(-1 / shape), exponential for shape 0. */
export interface Tail {
  readonly from: number;
  readonly mass: number;
  readonly scale: number;
  /** 0 to 0.3: never a tail that ends, so that no value is impossible. */
  readonly shape: number;
  /** The shape that the next value has to those who know the scale from k values only: at least 1/k, as the predictive
   * distribution of an exponential tail has. */
  readonly predictiveShape: number;
}

/**
 * Fits the tail of an ascending sample by probability-weighted moments (Hosking and Wallis, Technometrics 1987). The shape
 * counts only as far as it exceeds its standard error: a false heavy tail costs sensitivity, a false end of it alarms.
 * @param scaleMin smallest scale, in the sample's unit: a sample of nearly equal values must not make the next one impossible
 */
export function fitTail(ascending: Float32Array, scaleMin: number): Tail {
  const size = ascending.length;
  const from = tailFrom(ascending);
  const excesses: number[] = [];
  for (let i = Math.floor(size * (1 - TAIL_SHARE)); i < size; i++) {
    const excess = (ascending[i] ?? 0) - from;
    if (excess > 0) excesses.push(excess);
  }
  const count = excesses.length;
  const sum = excesses.reduce((total, excess) => total + excess, 0);
  const mean = (sum + PRIOR_EXCEEDANCES * scaleMin) / (count + PRIOR_EXCEEDANCES);
  const shape = count < SHAPED_FROM ? 0 : shapeOf(excesses, sum / count);
  return {
    from,
    mass: (count + 1) / (size + 1),
    scale: Math.max(scaleMin, mean * (1 - shape)),
    shape,
    predictiveShape: Math.max(shape, 1 / (count + PRIOR_EXCEEDANCES)),
  };
}

/** Where the tail of an ascending sample begins; 0 without one. */
export function tailFrom(ascending: Float32Array): number {
  const size = ascending.length;
  return ascending[Math.min(size - 1, Math.floor(size * (1 - TAIL_SHARE)))] ?? 0;
}

/** P(X > value) by the tail, of its own shape or of another; for values above `tail.from`. */
export function tailProbability({ from, mass, scale, shape: own }: Tail, value: number, shape = own): number {
  const x = (value - from) / scale;
  return mass * (shape === 0 ? Math.exp(-x) : (1 + shape * x) ** (-1 / shape));
}

/** @param excesses ascending */
function shapeOf(excesses: readonly number[], mean: number): number {
  const count = excesses.length;
  const weighted = excesses.reduce((sum, x, i) => sum + (1 - (i + 0.65) / count) * x, 0) / count;
  const shape = 2 - mean / (mean - 2 * weighted);
  const certain = shape - 1 / Math.sqrt(count);
  return Number.isFinite(certain) ? Math.min(SHAPE_MAX, Math.max(0, certain)) : 0;
}
