import { createKeyedRandom } from "../../processor/learn/keyed-random.ts";
import { createHashRing, endpointOfHash } from "./hash-ring.ts";
import { sum } from "./stream-weights.ts";

/** Chooses the stage of a stream by the 32 bits of its key's hash. */
export type Chooser = (hash: number) => number;

/** How often streams are placed, with which names. */
export interface Draws {
  readonly seed: number;
  /** Sets of addresses for the stages. */
  readonly rings: number;
  /** Sets of names for the streams, with each set of addresses. */
  readonly names: number;
}

const HASHES = 2 ** 32;
const OCTETS = 256;

/** Rings of stages that have addresses as pods get them. */
export function podRings(stages: number, { seed, rings }: Draws): readonly Chooser[] {
  return Array.from({ length: rings }, (_, i) => {
    const ring = createHashRing(podAddresses(stages, seed + i));
    return (hash: number) => endpointOfHash(ring, hash);
  });
}

/** Different addresses out of 10.0.0.0/8. */
export function podAddresses(stages: number, seed: number): readonly string[] {
  const random = createKeyedRandom(seed, stages);
  const addresses = new Set<string>();
  while (addresses.size < stages) {
    const [second, third, last] = [random.below(OCTETS), random.below(OCTETS), 1 + random.below(OCTETS - 2)];
    addresses.add(`10.${second}.${third}.${last}:4317`);
  }
  return [...addresses];
}

/** Keys fall on partitions, and the members of the group get them in turn. */
export function kafkaMembers(partitions: number, stages: number): Chooser {
  return (hash) => (hash % partitions) % stages;
}

/** Loads of the stages, one placement after the other: names are drawn anew for each. */
export function* placements(
  weights: readonly number[],
  stages: number,
  choosers: readonly Chooser[],
  { seed, names }: Draws,
): Generator<Float64Array> {
  for (const [i, choose] of choosers.entries())
    for (let name = 0; name < names; name += 1) {
      const random = createKeyedRandom(seed, i, name);
      const loads = new Float64Array(stages);
      for (const weight of weights) {
        const stage = choose(random.below(HASHES));
        loads[stage] = (loads[stage] ?? 0) + weight;
      }
      yield loads;
    }
}

/** The largest load of each placement, ascending, in times the mean. */
export function largestLoads(
  weights: readonly number[],
  stages: number,
  choosers: readonly Chooser[],
  draws: Draws,
): readonly number[] {
  const mean = sum(weights) / stages;
  return [...placements(weights, stages, choosers, draws)]
    .map((loads) => loads.reduce((most, load) => Math.max(most, load), 0) / mean)
    .sort((a, b) => a - b);
}

/** Placements and stages that have more than they are to have. */
export interface Overload {
  /** Share of the placements with such a stage. */
  readonly placements: number;
  /** Share of all stages. */
  readonly stages: number;
}

/** @param utilisations the mean load, of what a stage is to have at most */
export function overloads(
  weights: readonly number[],
  stages: number,
  choosers: readonly Chooser[],
  draws: Draws,
  utilisations: readonly number[],
): readonly Overload[] {
  const placed = [...placements(weights, stages, choosers, draws)];
  const mean = sum(weights) / stages;
  return utilisations.map((utilisation) => {
    const over = placed.map((loads) => loads.filter((load) => load > mean / utilisation).length);
    return {
      placements: over.filter((stagesOver) => stagesOver > 0).length / placed.length,
      stages: sum(over) / placed.length / stages,
    };
  });
}

/** What the loss of one stage does. */
export interface Loss {
  /** Share of the streams that have another stage afterwards, though theirs is still there. */
  readonly movedNeedlessly: number;
  /** Share of the streams that have another stage afterwards. */
  readonly moved: number;
  /** The largest load afterwards, in times that before. */
  readonly largestAfter: number;
  /** Of what the lost stage had, the share that the stage got which got most of it. */
  readonly largestHeir: number;
}

/** Takes a stage drawn by chance off a ring of pods. */
export function loseOne(weights: readonly number[], stages: number, seed: number): Loss {
  const random = createKeyedRandom(seed, stages, 1);
  const addresses = podAddresses(stages, seed);
  const lost = random.below(stages);
  const before = createHashRing(addresses);
  const after = createHashRing(addresses.filter((_, stage) => stage !== lost));
  const loadsBefore = new Float64Array(stages);
  const loadsAfter = new Float64Array(stages);
  const inherited = new Float64Array(stages);
  let [moved, movedNeedlessly] = [0, 0];
  for (const weight of weights) {
    const hash = random.below(HASHES);
    const from = endpointOfHash(before, hash);
    const left = endpointOfHash(after, hash);
    const to = left < lost ? left : left + 1;
    loadsBefore[from] = (loadsBefore[from] ?? 0) + weight;
    loadsAfter[to] = (loadsAfter[to] ?? 0) + weight;
    if (from === lost) inherited[to] = (inherited[to] ?? 0) + weight;
    if (from !== to) moved += 1;
    if (from !== to && from !== lost) movedNeedlessly += 1;
  }
  return {
    moved: moved / weights.length,
    movedNeedlessly: movedNeedlessly / weights.length,
    largestAfter: Math.max(...loadsAfter) / Math.max(...loadsBefore),
    largestHeir: Math.max(...inherited) / Math.max(loadsBefore[lost] ?? 0, Number.MIN_VALUE),
  };
}

const STAGES_MAX = 512;

/**
 * The fewest stages that have no more than `limit` each in a share of the placements; undefined where no number of them would do, as
 * where one stream alone has more.
 */
export function stagesNeeded(
  weights: readonly number[],
  limit: number,
  share: number,
  draws: Draws,
): number | undefined {
  if (Math.max(...weights) > limit) return undefined;
  const fits = (stages: number) => {
    const loads = largestLoads(weights, stages, podRings(stages, draws), draws);
    const worst = loads[Math.ceil(share * loads.length) - 1] ?? Number.POSITIVE_INFINITY;
    return (worst * sum(weights)) / stages <= limit;
  };
  let from = Math.ceil(sum(weights) / limit);
  let to = from;
  while (!fits(to)) {
    if (to >= STAGES_MAX) return undefined;
    from = to + 1;
    to = Math.min(STAGES_MAX, Math.ceil(to * 1.5) + 1);
  }
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (fits(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
