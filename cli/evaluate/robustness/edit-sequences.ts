import { type Perturbation, spliceEvents, withEvents } from "./perturbation.ts";

/** LogRobust's unstable sequences: in a share of the units one event is lost, doubled, or changes places with the next one. */
export const editSequences: Perturbation = (units, templates, share, random) => ({
  templates,
  units: units.map((unit) => {
    if (unit.events.length < 2 || !random.chance(share)) return unit;
    const at = random.int(0, unit.events.length - 2);
    const change = random.pick(["drop", "duplicate", "swap"]);
    return withEvents(unit, (lists) => {
      if (change === "drop") spliceEvents(lists, at, 1, []);
      else if (change === "duplicate") spliceEvents(lists, at, 0, [at]);
      else spliceEvents(lists, at, 2, [at + 1, at]);
    });
  }),
});
