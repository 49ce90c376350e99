/** Mean and standard deviation over seeds. */
export interface Spread {
  readonly mean: number;
  /** Of a sample (n - 1); 0 for a single value. */
  readonly deviation: number;
}

/** Example: [1, 3] gives mean 2 and deviation 1.414. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}
