import type { EvaluationSet } from "./evaluation-set.ts";
import { type Exposure, exposureOf } from "./exposure.ts";
import type { Truth } from "./truth.ts";

/** A part of the test that is reported by itself. */
export interface View {
  /** "all", "distinct" or "long". */
  readonly name: ViewName;
  readonly indexes: Uint32Array;
  /** Distinct sequences stand for themselves alone. */
  readonly truth: Truth;
  readonly exposure: Exposure;
}

export type ViewName = "all" | "distinct" | "long";

/** LogBERT's program leaves out shorter sessions, in the test too (MIN_LEN of its HDFS configuration). */
const LONG_EVENTS_MIN = 10;

/** The views of a data set: all units, each sequence once for each label, and for HDFS what LogBERT's paper kept. */
export function viewsOf(set: EvaluationSet, truth: Truth): readonly View[] {
  const all = Uint32Array.from(set.test.keys());
  const ones = new Float64Array(truth.weights.length).fill(1);
  const view = (name: ViewName, indexes: Uint32Array, weights: Float64Array): View => ({
    name,
    indexes,
    truth: { isAnomaly: truth.isAnomaly, weights },
    exposure: exposureOf(set.test, indexes, weights),
  });
  const views = [view("all", all, truth.weights), view("distinct", distinct(set, truth), ones)];
  if (set.name !== "hdfs") return views;
  const isLong = (unit: number) => (set.test[unit]?.events.length ?? 0) >= LONG_EVENTS_MIN;
  return [...views, view("long", all.filter(isLong), truth.weights)];
}

function distinct({ test }: EvaluationSet, { isAnomaly }: Truth): Uint32Array {
  const first = new Map<string, number>();
  for (const [unit, { events }] of test.entries()) {
    const key = `${isAnomaly[unit]} ${events.join(" ")}`;
    if (!first.has(key)) first.set(key, unit);
  }
  return Uint32Array.from(first.values());
}
