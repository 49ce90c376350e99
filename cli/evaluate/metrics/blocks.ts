import type { Unit } from "../evaluation-set.ts";

/** Test units cut into runs of neighbours: what one incident, or one phase of the system, may have made odd together. */
export interface Blocks {
  /** The block of each unit. */
  readonly blockOf: Uint32Array;
  /** Blocks that may stand for each other, as [first block, number of blocks]. */
  readonly strata: readonly (readonly [first: number, count: number])[];
}

/** Blocks of one stratum: enough to draw from, and long enough to hold an incident. */
const BLOCKS_PER_STRATUM = 50;

/**
 * Blocks of equal numbers of units: by time where every unit has times, else by the order of each file, a file being a stratum
 * (a data set may keep its anomalies in a file of their own).
 */
export function blocksOf(units: readonly Unit[]): Blocks {
  const blockOf = new Uint32Array(units.length);
  const strata: [number, number][] = [];
  let blocks = 0;
  for (const members of strataOf(units)) {
    const count = Math.min(BLOCKS_PER_STRATUM, members.length);
    for (const [place, unit] of members.entries())
      blockOf[unit] = blocks + Math.floor((place * count) / members.length);
    strata.push([blocks, count]);
    blocks += count;
  }
  return { blockOf, strata };
}

function strataOf(units: readonly Unit[]): readonly (readonly number[])[] {
  const startOf = (unit: number) => units[unit]?.timesMs?.[0];
  const order = [...units.keys()];
  if (order.every((unit) => startOf(unit) !== undefined))
    return [order.sort((a, b) => (startOf(a) ?? 0) - (startOf(b) ?? 0))];
  return [...Map.groupBy(order, (unit) => units[unit]?.source.file).values()];
}
