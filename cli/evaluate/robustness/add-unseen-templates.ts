import { type Perturbation, spliceEvents, withEvents } from "./perturbation.ts";

/** What a new release of a healthy system may have to say. */
const BENIGN = [
  "Feature flag <*> is enabled for <NUM> % of the requests",
  "Cache warmed up with <NUM> entries in <DUR>",
  "Scheduled compaction finished, <NUM> bytes reclaimed",
  "Metrics reporter connected to <IP>",
  "Using configuration version <HEX>",
  "Health check of <*> passed",
  "Background refresh of credentials completed in <DUR>",
  "Connection pool resized from <NUM> to <NUM>",
] as const;

/** A new release: a share of the units has one benign event more, of a template that was never seen. */
export const addUnseenTemplates: Perturbation = (units, templates, share, random) => ({
  templates: [...templates, ...BENIGN],
  units: units.map((unit) => {
    if (unit.events.length === 0 || !random.chance(share)) return unit;
    const at = random.int(0, unit.events.length - 1);
    const template = templates.length + random.int(0, BENIGN.length - 1);
    return withEvents(unit, (lists) => {
      spliceEvents(lists, at, 0, [at]);
      lists.events[at] = template;
      if (lists.severities) lists.severities[at] = 9;
    });
  }),
});
