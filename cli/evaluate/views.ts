import type { EvaluationSet } from "./evaluation-set.ts";
import type { Truth } from "./truth.ts";

/** A part of the test that is reported by itself. */
export interface View {
  /** "all", "distinct" or "long". */
  readonly name: ViewName;
  readonly indexes: Uint32Array;
  /** Distinct sequences stand for themselves alone. */
  readonly truth: Truth;
}

export type ViewName = "all" | "distinct" | "long";

/** LogBERT's program leaves out shorter sessions, in the test too (MIN_LEN of its HDFS configuration). */
const LONG_EVENTS_MIN = 10;

/** The views of a data set: all units, each sequence once for each label, and for HDFS what LogBERT's paper kept. */
export function viewsOf(set: EvaluationSet, truth: Truth): readonly View[] {
  const all = Uint32Array.from(set.test.keys());
  const views: View[] = [
    { name: "all", indexes: all, truth },
    {
      name: "distinct",
      indexes: distinct(set, truth),
      truth: { isAnomaly: truth.isAnomaly, weights: new Float64Array(truth.weights.length).fill(1) },
    },
  ];
  if (set.name === "hdfs") {
    const isLong = (unit: number) => (set.test[unit]?.events.length ?? 0) >= LONG_EVENTS_MIN;
    views.push({ name: "long", indexes: all.filter(isLong), truth });
  }
  return views;
}

function distinct({ test }: EvaluationSet, { isAnomaly }: Truth): Uint32Array {
  const first = new Map<string, number>();
  for (const [unit, { events }] of test.entries()) {
    const key = `${isAnomaly[unit]} ${events.join(" ")}`;
    if (!first.has(key)) first.set(key, unit);
  }
  return Uint32Array.from(first.values());
}
