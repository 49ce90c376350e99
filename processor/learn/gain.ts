import type { Answers, Questions } from "./held-out.ts";

/** By how much one model beats another on the same questions, and how sure that is. */
export interface Gain {
  /** Loss of the one before less that of the one after, in nats an event; below 0: the one after is worse. */
  readonly mean: number;
  /** Of the mean; 0 with fewer than two clusters, which tell nothing of it. */
  readonly standardError: number;
  readonly questions: number;
  /** Sequences, or pieces of long ones, that the questions are from: within one the answers depend on each other. */
  readonly clusters: number;
}

/** The gain over all questions, and in each service with clusters enough to judge it alone. */
export interface Gains {
  readonly all: Gain;
  readonly services: readonly { readonly service: string; readonly gain: Gain }[];
}

/** Fewer tell nothing: the standard error itself is a guess then. */
export const CLUSTERS_MIN = 10;

interface Cluster {
  gain: number;
  questions: number;
}

/** Compares the answers of two models to the same questions, pair by pair. `names` are those of all services, as asked. */
export function gainsOf(
  { services }: Questions,
  names: readonly string[],
  before: Answers,
  after: Answers,
): Gains {
  const clusters = services.map(({ clusters }, at) =>
    clustersOf(clusters, before.losses[at] ?? [], after.losses[at] ?? []),
  );
  const each = services.map(({ service }, at) => ({
    service: names[service] ?? "",
    gain: gainOf(clusters[at] ?? []),
  }));
  return {
    all: gainOf(clusters.flat()),
    services: each.filter(({ gain }) => gain.clusters >= CLUSTERS_MIN),
  };
}

function clustersOf(
  numbers: Uint32Array,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
): readonly Cluster[] {
  const clusters = new Map<number, Cluster>();
  for (const [question, number] of numbers.entries()) {
    const cluster = clusters.get(number) ?? { gain: 0, questions: 0 };
    cluster.gain += (before[question] ?? Number.NaN) - (after[question] ?? Number.NaN);
    cluster.questions += 1;
    clusters.set(number, cluster);
  }
  return [...clusters.values()];
}

/** The mean's error as for a sample of clusters of unequal size (Cochran: Sampling Techniques, 3rd ed., 1977, 9A.1). */
function gainOf(clusters: readonly Cluster[]): Gain {
  const count = clusters.length;
  const questions = clusters.reduce((sum, cluster) => sum + cluster.questions, 0);
  const mean = clusters.reduce((sum, { gain }) => sum + gain, 0) / Math.max(1, questions);
  const squares = clusters.reduce((sum, cluster) => sum + (cluster.gain - mean * cluster.questions) ** 2, 0);
  const standardError = count < 2 ? 0 : Math.sqrt((squares * count) / (count - 1)) / questions;
  return { mean, standardError, questions, clusters: count };
}
