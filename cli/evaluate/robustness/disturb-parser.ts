import { type Perturbation, withEvents } from "./perturbation.ts";

/**
 * Parser noise: a share of the templates that occur is parsed differently; by turns one is split (half of its events get a
 * template of the same text) and one is merged into another.
 */
export const disturbParser: Perturbation = (units, templates, share, random) => {
  const occurring = [...new Set(units.flatMap(({ events }) => [...new Set(events)]))].sort((a, b) => a - b);
  const texts = [...templates];
  const splitInto = new Map<number, number>();
  const mergedInto = new Map<number, number>();
  const [first = 0, ...others] = occurring;
  for (const template of occurring) {
    if (!random.chance(share)) continue;
    if (random.chance(0.5)) splitInto.set(template, texts.push(templates[template] ?? "") - 1);
    else mergedInto.set(template, random.pick([first, ...others]));
  }
  const parse = (event: number): number => {
    const split = splitInto.get(event);
    if (split !== undefined) return random.chance(0.5) ? split : event;
    return mergedInto.get(event) ?? event;
  };
  const isTouched = (event: number) => splitInto.has(event) || mergedInto.has(event);
  return {
    templates: texts,
    units: units.map((unit) =>
      unit.events.some(isTouched)
        ? withEvents(unit, ({ events }) => {
            for (const [i, event] of events.entries()) events[i] = parse(event);
          })
        : unit,
    ),
  };
};
