import type { Random } from "../../generate/random.ts";
import type { Unit } from "../evaluation-set.ts";
import { type Perturbation, spliceEvents, withEvents } from "./perturbation.ts";

/** How many times the work of before. */
const LOAD = 3;

/**
 * Three times the load, with as many instances as before: in a share of the units everything happens three times in the same
 * span of time, each repetition at an offset of its own, so that they interleave. Units without times stay as they are.
 */
export const tripleLoad: Perturbation = (units, templates, share, random) => ({
  templates,
  units: units.map((unit) => (random.chance(share) ? tripled(unit, random) : unit)),
});

function tripled(unit: Unit, random: Random): Unit {
  const { timesMs = [] } = unit;
  const [first, last] = [timesMs[0], timesMs.at(-1)];
  if (first === undefined || last === undefined) return unit;
  const spanMs = Math.max(1, last - first);
  const offsets = Array.from({ length: LOAD }, (_, i) => (i === 0 ? 0 : random.int(0, spanMs - 1)));
  const order = offsets
    .flatMap((offsetMs, repetition) =>
      timesMs.map((timeMs, event) => ({
        event,
        repetition,
        timeMs: repetition === 0 ? timeMs : first + ((timeMs - first + offsetMs) % spanMs),
      })),
    )
    .sort((a, b) => a.timeMs - b.timeMs || a.repetition - b.repetition);
  return withEvents(unit, (lists) => {
    spliceEvents(
      lists,
      0,
      lists.events.length,
      order.map(({ event }) => event),
    );
    for (const [i, { timeMs }] of order.entries()) if (lists.timesMs) lists.timesMs[i] = timeMs;
  });
}
