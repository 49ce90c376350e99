import type { DetectorSamples } from "./detector-samples.ts";
import { type Grounds, NOVELTY } from "./grounds.ts";
import { ownShare, priorProbability } from "./learning-band.ts";
import { P_FLOOR } from "./score.ts";

/** event: all evidence is about one event. session: it comes from all over a session. */
export type Scope = "event" | "session";

/**
 * How rare each detector's surprise is in one service: assessed in the grounds, and returned in their order, NaN for those that
 * say nothing.
 * @param familiarity how well the event's template is known, 0 to 1: habits count as little as it is
 */
export type PValues = (grounds: Grounds, familiarity: number) => readonly number[];

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

  return (grounds, familiarity) => {
    // That a message is new surprises every detector; how odd that is, the detector of novelty alone says.
    const pMin = isNew(scope, grounds) ? pValueOf(grounds, indexOfNovelty(grounds), familiarity) : 0;
    const pValues: number[] = [];
    for (let index = 0; index < grounds.size; index += 1) {
      const isSaid = !Number.isNaN(grounds.surprise(index));
      const pValue = isSaid ? Math.max(pMin, pValueOf(grounds, index, familiarity)) : Number.NaN;
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
