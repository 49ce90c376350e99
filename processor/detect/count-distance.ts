import type { Session } from "../window/sequence-window.ts";
import { forEachCount, type SparseCounts, sparseCounts } from "./sparse-counts.ts";

/** A difference in one template counts at most this much, in events: a loop that ran 1,000 times is one oddity. */
const DIFFERENCE_MAX = 5;
/** Added to every spread, in events: what has never varied is 20 times as telling as what varies by one. */
const SPREAD_MIN = 0.05;

/** A template of the known vectors. */
export interface CountedTemplate {
  readonly id: string;
  text: string;
  /** See local-spread.ts; 0 for one that is new since it was measured. */
  spread: number;
}

/** How far a session is from the nearest one that is known. */
export interface CountDistance {
  readonly distance: number;
  /** Where it differs most; undefined at distance 0. */
  readonly worst: { readonly template: string; readonly count: number; readonly usual: number } | undefined;
}

/** A session to be compared. */
export interface Query {
  readonly vector: SparseCounts;
  /** Templates that no known session has. */
  readonly strangers: readonly { readonly template: string; readonly count: number }[];
}

/** The session by the indexes of the known templates. */
export function queryOf(counts: Session["counts"], indexes: ReadonlyMap<string, number>): Query {
  const pairs: [number, number][] = [];
  const strangers: { template: string; count: number }[] = [];
  for (const [id, known] of counts) {
    const index = indexes.get(id);
    if (index === undefined) strangers.push(known);
    else pairs.push([index, known.count]);
  }
  return { vector: sparseCounts(pairs), strangers };
}

/** The distance to the nearest of the known vectors. */
export function nearestDistance(
  { vector, strangers }: Query,
  vectors: Iterable<SparseCounts>,
  templates: readonly CountedTemplate[],
): CountDistance {
  const weights = Float64Array.from(templates, ({ spread }) => 1 / (spread + SPREAD_MIN));
  const dense = new Int32Array(templates.length);
  let toZero = 0;
  forEachCount(vector, (index, count) => {
    dense[index] = count;
    toZero += term(count, weights[index] ?? 0);
  });
  let best = { excess: Number.POSITIVE_INFINITY, known: vector };
  for (const known of vectors) {
    const excess = excessOver(known, dense, weights);
    if (excess < best.excess) best = { excess, known };
  }
  const strange = strangers.reduce((sum, { count }) => sum + term(count, 1 / SPREAD_MIN), 0);
  // What is added and taken off again may leave a rounding error.
  const distance = Math.max(0, toZero + best.excess) + strange;
  return { distance, worst: worstTerm(best.known, dense, weights, templates, strangers) };
}

/** One template's part of the distance. */
function term(difference: number, weight: number): number {
  return Math.min(Math.abs(difference), DIFFERENCE_MAX) * weight;
}

/** By how much the distance of `dense` to `known` exceeds that to an empty session. */
function excessOver(known: SparseCounts, dense: Int32Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < known.length; i += 2) {
    const index = known[i] ?? 0;
    const own = dense[index] ?? 0;
    const weight = weights[index] ?? 0;
    sum += term(own - (known[i + 1] ?? 0), weight) - term(own, weight);
  }
  return sum;
}

function worstTerm(
  known: SparseCounts,
  dense: Int32Array,
  weights: Float64Array,
  templates: readonly CountedTemplate[],
  strangers: Query["strangers"],
): CountDistance["worst"] {
  const usual = new Int32Array(dense.length);
  forEachCount(known, (index, count) => {
    usual[index] = count;
  });
  let worst: CountDistance["worst"];
  let largest = 0;
  const offer = (size: number, template: string, count: number, usually: number) => {
    if (size <= largest) return;
    largest = size;
    worst = { template, count, usual: usually };
  };
  for (const { template, count } of strangers) offer(term(count, 1 / SPREAD_MIN), template, count, 0);
  for (const [index, { text }] of templates.entries()) {
    const [count, usually] = [dense[index] ?? 0, usual[index] ?? 0];
    if (count !== usually) offer(term(count - usually, weights[index] ?? 0), text, count, usually);
  }
  return worst;
}
