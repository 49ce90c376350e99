import type { Random } from "../../generate/random.ts";
import type { Unit } from "../evaluation-set.ts";

/** Test units after something has changed in the world, with the templates that they point to. */
export interface Perturbed {
  readonly units: readonly Unit[];
  /** The old ones at their old indexes; new ones after them. */
  readonly templates: readonly string[];
}

/**
 * Changes a share of the units, or of the templates, as a new release or another parser would. Pure: the same random values
 * give the same change. Labels stay as they are, and play no part.
 */
export type Perturbation = (
  units: readonly Unit[],
  templates: readonly string[],
  share: number,
  random: Random,
) => Perturbed;

/** The events of a unit with everything that is kept for each event, so that they change together. */
export interface EventList {
  readonly events: number[];
  readonly timesMs?: number[];
  readonly severities?: number[];
  readonly parameters?: (readonly string[])[];
}

/** Changes a copy of a unit's lists. */
export function withEvents(unit: Unit, change: (lists: EventList) => void): Unit {
  const lists = {
    events: [...unit.events],
    ...(unit.timesMs && { timesMs: [...unit.timesMs] }),
    ...(unit.severities && { severities: [...unit.severities] }),
    ...(unit.parameters && { parameters: [...unit.parameters] }),
  };
  change(lists);
  return { ...unit, ...lists };
}

/** Replaces `removed` events from `at` by copies of the ones at `copied`. */
export function spliceEvents(lists: EventList, at: number, removed: number, copied: readonly number[]): void {
  splice(lists.events, at, removed, copied);
  if (lists.timesMs) splice(lists.timesMs, at, removed, copied);
  if (lists.severities) splice(lists.severities, at, removed, copied);
  if (lists.parameters) splice(lists.parameters, at, removed, copied);
}

function splice<Value>(list: Value[], at: number, removed: number, copied: readonly number[]): void {
  const values = copied.flatMap((index) => list.slice(index, index + 1));
  list.splice(at, removed, ...values);
}
