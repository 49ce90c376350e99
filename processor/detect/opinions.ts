import type { DetectorName, Evidence, EvidenceFacts } from "./evidence.ts";
import type { Places } from "./places.ts";

/** What one detector says of a batch's places: a number for each, and the rest only of those that somebody asks about. */
export interface Opinions {
  readonly detector: DetectorName;
  /** Name of the weights that were asked, where the detector has weights. */
  readonly model: string | undefined;
  /** By place: unbounded, higher is odder, in the detector's own unit; NaN where it has nothing to say. */
  readonly surprises: Float64Array;
  /** What was expected at a place, and what exactly was odd. */
  facts(place: number): EvidenceFacts;
}

/** Opinions while they are being formed. */
export interface OpinionsInProgress extends Opinions {
  /** What is to be told of a place beside its surprise. */
  tell(place: number, facts: EvidenceFacts): void;
}

/** Of what is expected, or exactly odd, nothing is told. */
export const NO_FACTS: EvidenceFacts = { expected: [] };

/**
 * A detector that has nothing to say yet.
 * @param factsOf of places that nothing is told of
 */
export function noOpinions(
  detector: DetectorName,
  { count }: Places,
  model?: string,
  factsOf: (place: number) => EvidenceFacts = () => NO_FACTS,
): OpinionsInProgress {
  const told = new Map<number, EvidenceFacts>();
  return {
    detector,
    model,
    surprises: new Float64Array(count).fill(Number.NaN),
    facts: (place) => told.get(place) ?? factsOf(place),
    tell: (place, facts) => void told.set(place, facts),
  };
}

/** Everything that is said of one place, as one object. */
export function evidenceAt({ detector, model, surprises, facts }: Opinions, place: number): Evidence {
  const surprise = surprises[place] ?? Number.NaN;
  const told = facts(place);
  // Of most places nothing is told.
  const evidence =
    told === NO_FACTS ? { detector, surprise, expected: told.expected } : { detector, surprise, ...told };
  return model === undefined ? evidence : { ...evidence, model };
}
