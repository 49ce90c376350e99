import type { Scorer } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";

/** A scorer that looks at the sequence of events alone: each distinct one is scored once. */
export function scoreSequences(
  scoreOf: (events: readonly number[], templates: readonly string[]) => number,
): Scorer {
  return {
    score(units, templates) {
      const known = new Map<readonly number[], number>();
      return scoreEach(units, ({ events }) => {
        const score = known.get(events) ?? scoreOf(events, templates);
        known.set(events, score);
        return score;
      });
    },
  };
}

/** Scores unit by unit. */
export async function scoreEach(
  units: readonly Unit[],
  scoreOf: (unit: Unit) => number,
): Promise<Float64Array> {
  return Float64Array.from(units, scoreOf);
}

/** The distinct sequences of the units, in the order of their first appearance. */
export function distinctSequences(units: readonly Unit[]): readonly (readonly number[])[] {
  return [...new Map(units.map(({ events }) => [events.join(" "), events])).values()];
}
