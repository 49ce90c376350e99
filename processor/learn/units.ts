import type { Sequence, ServiceCorpus } from "./corpus.ts";
import { createKeyedRandom } from "./keyed-random.ts";

/** Ends of windows that one unit covers: half a window, so that an event is in two windows of an epoch on average. */
const ENDS_PER_UNIT = 10;

/** What one window of an epoch is drawn from: consecutive ends of windows of one sequence. */
export interface Units {
  readonly count: number;
  /** For each unit: index of its service, and of its sequence within the service's training part. */
  readonly services: Uint16Array;
  readonly sequences: Uint32Array;
  /** The first end that it covers, as a number of events; see {@link endsOf}. */
  readonly ends: Uint32Array;
}

/** How many ends a sequence's windows have: after each event, and after the end of the session where it is known. */
export function endsOf(sequence: Sequence): number {
  return sequence.templates.length + (sequence.ends ? 1 : 0);
}

/** The units of all services' training sequences, service by service. */
export function createUnits(services: readonly Pick<ServiceCorpus, "train">[]): Units {
  const unitsOf = (sequence: Sequence) => Math.ceil(endsOf(sequence) / ENDS_PER_UNIT);
  const count = services.reduce(
    (sum, { train }) => train.reduce((inner, sequence) => inner + unitsOf(sequence), sum),
    0,
  );
  const units = {
    count,
    services: new Uint16Array(count),
    sequences: new Uint32Array(count),
    ends: new Uint32Array(count),
  };
  let unit = 0;
  for (const [service, { train }] of services.entries()) {
    for (const [index, sequence] of train.entries()) {
      for (let end = 1; end <= endsOf(sequence); end += ENDS_PER_UNIT) {
        units.services[unit] = service;
        units.sequences[unit] = index;
        units.ends[unit] = end;
        unit += 1;
      }
    }
  }
  return units;
}

/** One of the unit's ends by chance. */
export function drawEnd(sequence: Sequence, firstEnd: number, below: (limit: number) => number): number {
  return firstEnd + below(Math.min(ENDS_PER_UNIT, endsOf(sequence) - firstEnd + 1));
}

/** How many batches of `rows` units an epoch has: every batch is of one service. */
export function batchesPerEpoch(units: Units, rows: number): number {
  return [...byService(units).values()].reduce((sum, group) => sum + Math.ceil(group.length / rows), 0);
}

/**
 * The batches of an epoch, each the numbers of `rows` units of one service, in an order by chance. Units that are `skipped`
 * are left out; a batch that they or a small service leave unfilled repeats others.
 */
export function planEpoch(
  units: Units,
  rows: number,
  skipped: Uint8Array,
  seed: number,
  epoch: number,
): readonly Uint32Array[] {
  const random = createKeyedRandom(seed, epoch);
  const batches: Uint32Array[] = [];
  for (const all of byService(units).values()) {
    const wanted = all.filter((unit) => skipped[unit] !== 1);
    const group = wanted.length > 0 ? wanted : all;
    random.shuffle(group);
    for (let from = 0; from < all.length; from += rows)
      batches.push(Uint32Array.from({ length: rows }, (_, row) => group[(from + row) % group.length] ?? 0));
  }
  random.shuffle(batches);
  return batches;
}

/** The units are in the order of their services already. */
function byService(units: Units): ReadonlyMap<number, Uint32Array> {
  const groups = new Map<number, Uint32Array>();
  let from = 0;
  for (let unit = 1; unit <= units.count; unit += 1) {
    if (unit < units.count && units.services[unit] === units.services[from]) continue;
    groups.set(
      units.services[from] ?? 0,
      Uint32Array.from({ length: unit - from }, (_, i) => from + i),
    );
    from = unit;
  }
  return groups;
}
