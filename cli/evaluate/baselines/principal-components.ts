import type { DetectorUnderTest } from "../detector-under-test.ts";
import { countVector } from "./count-vector.ts";
import { scoreSequences } from "./score-units.ts";

/** Share of the variance that is taken for normal (loglizer's default). */
const VARIANCE_SHARE = 0.95;
const COMPONENTS_MAX = 30;
const ITERATIONS = 60;

/**
 * Squared prediction error of a count vector outside the principal components of the normal ones (Xu et al., SOSP 2009).
 * Events that are unknown in training have no part in the components, so that they count whole.
 */
export const principalComponents: DetectorUnderTest = {
  name: "PCA",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const known = [...new Set(train.flatMap(({ events }) => [...new Set(events)]))];
    const dimension = new Map(known.map((event, index) => [event, index]));
    const rows = train.map(({ events }) => denseCounts(events, dimension).values);
    const mean = meanOf(rows, known.length);
    const components = componentsOf(covarianceOf(rows, mean), known.length);
    return scoreSequences((events) => {
      const { values, unknown } = denseCounts(events, dimension);
      const centred = values.map((value, i) => value - (mean[i] ?? 0));
      const explained = components.reduce((sum, component) => sum + dot(component, centred) ** 2, 0);
      return Math.max(0, dot(centred, centred) - explained) + unknown;
    });
  },
};

/** Counts of the known events, and the sum of squares of the counts of the others. */
function denseCounts(sequence: readonly number[], dimension: ReadonlyMap<number, number>) {
  const values = new Float64Array(dimension.size);
  let unknown = 0;
  const { events, counts } = countVector(sequence);
  for (const [i, event] of events.entries()) {
    const index = dimension.get(event);
    if (index === undefined) unknown += (counts[i] ?? 0) ** 2;
    else values[index] = counts[i] ?? 0;
  }
  return { values, unknown };
}

function meanOf(rows: readonly Float64Array[], size: number): Float64Array {
  const mean = new Float64Array(size);
  for (const row of rows)
    for (let i = 0; i < size; i++) mean[i] = (mean[i] ?? 0) + (row[i] ?? 0) / rows.length;
  return mean;
}

function covarianceOf(rows: readonly Float64Array[], mean: Float64Array): readonly Float64Array[] {
  const covariance = Array.from(mean, () => new Float64Array(mean.length));
  for (const row of rows) {
    const centred = row.map((value, i) => value - (mean[i] ?? 0));
    for (const [i, left] of centred.entries()) {
      const line = covariance[i];
      if (line === undefined || left === 0) continue;
      for (let j = 0; j < line.length; j++)
        line[j] = (line[j] ?? 0) + (left * (centred[j] ?? 0)) / rows.length;
    }
  }
  return covariance;
}

/** The leading eigenvectors, one after the other by power iteration and deflation, until they explain enough. */
function componentsOf(covariance: readonly Float64Array[], size: number): readonly Float64Array[] {
  const components: Float64Array[] = [];
  const total = covariance.reduce((sum, line, i) => sum + (line[i] ?? 0), 0);
  let left = total;
  while (left > (1 - VARIANCE_SHARE) * total && components.length < Math.min(size, COMPONENTS_MAX)) {
    let vector: Float64Array = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 7919) % 13) / 13);
    let value = 0;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const product = Float64Array.from(covariance, (line) => dot(line, vector));
      for (const component of components) subtractProjection(product, component);
      value = Math.sqrt(dot(product, product));
      if (value === 0) return components;
      vector = product.map((entry) => entry / value);
    }
    components.push(vector);
    left -= value;
  }
  return components;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const length = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) - length * (unit[i] ?? 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
