import type { Session } from "../window/sequence-window.ts";
import { keyOf, type PackedCounts, type RecentVectors } from "./recent-vectors.ts";
import { forEachCount, type SparseCounts, sparseCounts } from "./sparse-counts.ts";
import type { WorkBudget } from "./work-budget.ts";

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

/** What sessions are compared with. */
export interface KnownVectors {
  readonly vectors: Pick<RecentVectors, "packed" | "has" | "numbersKept">;
  readonly templates: readonly CountedTemplate[];
  /** Of the templates, by id. */
  readonly indexes: ReadonlyMap<string, number>;
}

/**
 * The distances of one request's sessions to the nearest known ones; equal sessions are compared once.
 * @param budget of counts that are looked at: a session's own, and where it is not known those of all that are
 * @returns undefined as long as no session is known; "skipped" where the budget does not suffice
 */
export function distancesTo(
  { vectors, templates, indexes }: KnownVectors,
  budget: WorkBudget,
): (counts: Session["counts"]) => CountDistance | "skipped" | undefined {
  const weights = Float64Array.from(templates, ({ spread }) => 1 / (spread + SPREAD_MIN));
  const packed = vectors.packed();
  const countsKnown = vectors.numbersKept() / 2;
  const compared = new Map<string, CountDistance>();
  return (counts) => {
    if (packed.count === 0) return undefined;
    if (!budget.spend(counts.size)) return "skipped";
    const query = queryOf(counts, indexes);
    if (vectors.has(query.key)) return { distance: 0, worst: undefined };
    const before = compared.get(query.key);
    if (before !== undefined) return before;
    if (!budget.spend(countsKnown)) return "skipped";
    const distance = nearestDistance(query, packed, templates, weights);
    compared.set(query.key, distance);
    return distance;
  };
}

/** A session to be compared. */
interface Query {
  readonly vector: SparseCounts;
  /** Templates that no known session has. */
  readonly strangers: readonly { readonly template: string; readonly count: number }[];
  /** Equal for sessions of the same templates, as often each; the vector's where there are no strangers. */
  readonly key: string;
}

/** The session by the indexes of the known templates. */
function queryOf(counts: Session["counts"], indexes: ReadonlyMap<string, number>): Query {
  const pairs: [number, number][] = [];
  const strangers: { id: string; template: string; count: number }[] = [];
  for (const [id, known] of counts) {
    const index = indexes.get(id);
    if (index === undefined) strangers.push({ id, ...known });
    else pairs.push([index, known.count]);
  }
  const vector = sparseCounts(pairs);
  const strange = strangers.map(({ id, count }) => ` ${count} ${id}`).sort();
  return { vector, strangers, key: keyOf(vector) + strange.join("") };
}

function nearestDistance(
  query: Query,
  packed: PackedCounts,
  templates: readonly CountedTemplate[],
  weights: Float64Array,
): CountDistance {
  const { vector, strangers } = query;
  const dense = new Int32Array(templates.length);
  let toZero = 0;
  forEachCount(vector, (index, count) => {
    dense[index] = count;
    toZero += term(count, weights[index] ?? 0);
  });
  const { numbers, bounds, count } = packed;
  let best = { excess: Number.POSITIVE_INFINITY, from: 0, to: 0 };
  for (let known = 0; known < count; known += 1) {
    const from = bounds[2 * known] ?? 0;
    const to = bounds[2 * known + 1] ?? 0;
    const excess = excessOver(numbers, from, to, { dense, weights });
    if (excess < best.excess) best = { excess, from, to };
  }
  const strange = strangers.reduce((sum, { count }) => sum + term(count, 1 / SPREAD_MIN), 0);
  // What is added and taken off again may leave a rounding error.
  const distance = Math.max(0, toZero + best.excess) + strange;
  return { distance, worst: worstTerm(query, numbers.subarray(best.from, best.to), templates, weights) };
}

/** One template's part of the distance. */
function term(difference: number, weight: number): number {
  return capped(difference) * weight;
}

function capped(difference: number): number {
  return Math.min(Math.abs(difference), DIFFERENCE_MAX);
}

/** By how much the distance of a session to a known one exceeds that to an empty one. */
function excessOver(
  numbers: Int32Array,
  from: number,
  to: number,
  { dense, weights }: { readonly dense: Int32Array; readonly weights: Float64Array },
): number {
  let sum = 0;
  for (let i = from; i < to; i += 2) {
    const index = numbers[i] ?? 0;
    const own = dense[index] ?? 0;
    sum += (capped(own - (numbers[i + 1] ?? 0)) - capped(own)) * (weights[index] ?? 0);
  }
  return sum;
}

function worstTerm(
  { vector, strangers }: Query,
  known: SparseCounts,
  templates: readonly CountedTemplate[],
  weights: Float64Array,
): CountDistance["worst"] {
  let worst: CountDistance["worst"];
  let largest = 0;
  const offer = (size: number, template: string, count: number, usual: number) => {
    if (size <= largest) return;
    largest = size;
    worst = { template, count, usual };
  };
  for (const { template, count } of strangers) offer(term(count, 1 / SPREAD_MIN), template, count, 0);
  const own = new Map<number, number>();
  const usually = new Map<number, number>();
  forEachCount(vector, (index, count) => own.set(index, count));
  forEachCount(known, (index, count) => usually.set(index, count));
  for (const index of [...new Set([...own.keys(), ...usually.keys()])].sort((a, b) => a - b)) {
    const [count, usual] = [own.get(index) ?? 0, usually.get(index) ?? 0];
    offer(term(count - usual, weights[index] ?? 0), templates[index]?.text ?? "", count, usual);
  }
  return worst;
}
