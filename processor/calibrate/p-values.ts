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
  floor(detector: number, surprise: number, model: string | undefined): number;
}

/** In the order of the grounds, NaN for those that say nothing. */
export interface Measured {
  /** Against the service's past. */
  readonly pValues: readonly number[];
  /** The same, none below what the subject's own past makes of it; undefined where that changes nothing. */
  readonly held: readonly number[] | undefined;
}

/** How rare each detector's surprise is in one service: returned and, as it is held, assessed in the grounds. */
export type PValues = (grounds: Grounds, subject: Subject) => Measured;

/** @param learningRecords surprises from which a detector's sample is believed in full */
export function createPValues(scope: Scope, samples: DetectorSamples, learningRecords: number): PValues {
  const pValueOf = (grounds: Grounds, index: number, familiarity: number): number => {
    const surprise = grounds.surprise(index);
    if (surprise <= 0) return 1;
    const own = samples.of(grounds.detector(index));
    // Its surprise is a probability already: the sample can only contradict it.
    if (grounds.isProbability(index)) return Math.max(P_FLOOR, Math.exp(-surprise), own.seenShare(surprise));
    const believed = priorProbability(surprise);
    const known = samples.learnedFor(grounds.detector(index), grounds.model(index));
    const share = familiarity * ownShare(known, learningRecords);
    const measured = scope === "event" ? own.pValue(surprise) : own.cautiousPValue(surprise);
    return share * measured + (1 - share) * believed;
  };

  return (grounds, { familiarity, floor }) => {
    // That a message is new surprises every detector; how odd that is, the detector of novelty alone says.
    const pMin = isNew(scope, grounds) ? pValueOf(grounds, indexOfNovelty(grounds), familiarity) : 0;
    const pValues: number[] = [];
    const held: number[] = [];
    let isHeld = false;
    for (let index = 0; index < grounds.size; index += 1) {
      const isSaid = !Number.isNaN(grounds.surprise(index));
      const pValue = isSaid ? Math.max(pMin, pValueOf(grounds, index, familiarity)) : Number.NaN;
      const least = pValue < OWN_PAST_BELOW_P ? Math.max(pValue, floorAt(grounds, index, floor)) : pValue;
      if (isSaid) grounds.assess(index, least);
      isHeld ||= least > pValue;
      pValues.push(pValue);
      held.push(least);
    }
    return { pValues, held: isHeld ? held : undefined };
  };
}

function floorAt(grounds: Grounds, index: number, floor: Subject["floor"]): number {
  return floor(grounds.number(index), grounds.surprise(index), grounds.model(index));
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
