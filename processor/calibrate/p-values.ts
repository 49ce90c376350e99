import type { DetectorSamples } from "./detector-samples.ts";
import { type Grounds, NOVELTY } from "./grounds.ts";
import { ownShare, priorProbability } from "./learning-band.ts";
import { P_FLOOR } from "./score.ts";

/** event: all evidence is about one event. session: it comes from all over a session. */
export type Scope = "event" | "session";

/** What is not rare needs no measuring against its own template's past. */
const OWN_PAST_BELOW_P = 0.05;

/** What is known of an event's template, or of what an end is about. */
export interface Subject {
  /** How well it is known, 0 to 1: habits count as little as it is. */
  readonly familiarity: number;
  /** See {@link OwnHabits.floor}. */
  floor(detector: number, surprise: number): number;
}

/**
 * How rare each detector's surprise is in one service: assessed in the grounds, and returned in their order, NaN for those that
 * say nothing.
 */
export type PValues = (grounds: Grounds, subject: Subject) => readonly number[];

/** @param learningRecords surprises from which a detector's sample is believed in full */
export function createPValues(scope: Scope, samples: DetectorSamples, learningRecords: number): PValues {
  const pValueOf = (grounds: Grounds, index: number, { familiarity, floor }: Subject): number => {
    const surprise = grounds.surprise(index);
    if (surprise <= 0) return 1;
    const own = samples.of(grounds.detector(index));
    // Its surprise is a probability already: the sample can only contradict it.
    if (grounds.isProbability(index)) return Math.max(P_FLOOR, Math.exp(-surprise), own.seenShare(surprise));
    const believed = priorProbability(surprise);
    const known = samples.learnedFor(grounds.detector(index), grounds.model(index));
    const share = familiarity * ownShare(known, learningRecords);
    const measured = scope === "event" ? own.pValue(surprise) : own.cautiousPValue(surprise);
    const pValue = share * measured + (1 - share) * believed;
    return pValue < OWN_PAST_BELOW_P ? Math.max(pValue, floor(grounds.number(index), surprise)) : pValue;
  };

  return (grounds, subject) => {
    // That a message is new surprises every detector; how odd that is, the detector of novelty alone says.
    const pMin = isNew(scope, grounds) ? pValueOf(grounds, indexOfNovelty(grounds), subject) : 0;
    const pValues: number[] = [];
    for (let index = 0; index < grounds.size; index += 1) {
      const isSaid = !Number.isNaN(grounds.surprise(index));
      const pValue = isSaid ? Math.max(pMin, pValueOf(grounds, index, subject)) : Number.NaN;
      if (isSaid) grounds.assess(index, pValue);
      pValues.push(pValue);
    }
    return pValues;
  };
}

/**
 * Whether the grounds are about an event of a template never seen before: of such an event novelty alone is heard, whose
 * surprise needs no calibration.
 */
export function isNew(scope: Scope, { novelty }: Grounds): boolean {
  return scope === "event" && novelty > 0;
}

function indexOfNovelty(grounds: Grounds): number {
  let index = 0;
  while (index < grounds.size && grounds.detector(index) !== NOVELTY) index += 1;
  return index;
}
