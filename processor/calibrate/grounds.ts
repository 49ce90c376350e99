import { type DetectorName, detectorNumber, type Evidence } from "../detect/evidence.ts";
import { evidenceAt, type Opinions } from "../detect/opinions.ts";
import type { Places } from "../detect/places.ts";
import { claimOf, type Floors } from "./claim.ts";
import type { Contribution, Place } from "./verdict.ts";

/** What a verdict stands on: for each of some detectors a surprise and, once it is assessed, how rare that is. */
export interface Grounds {
  /** How many detectors were asked. */
  readonly size: number;
  detector(index: number): DetectorName;
  /** The detector's place in DETECTOR_NAMES. */
  number(index: number): number;
  /** NaN where the detector says nothing. */
  surprise(index: number): number;
  /** Name of the weights that were asked, where the detector has weights. */
  model(index: number): string | undefined;
  /** The surprise is -ln of a probability that the detector has estimated itself. */
  isProbability(index: number): boolean;
  /** The detector's own, whatever people called expected. */
  pValue(index: number): number;
  assess(index: number, pValue: number): void;
  /** Everything that the detector says, as one object. */
  evidence(index: number): Evidence;
  /** Surprise of the detector of new templates: above 0 for a template that was never seen; NaN where it says nothing. */
  readonly novelty: number;
  /**
   * The strongest first; of what a floor makes equal the oddest, then in the detectors' order.
   * @param floors what people's words make of it
   */
  contributions(floors?: Floors): readonly Contribution[];
}

/** The detector that says how odd a new message is. */
export const NOVELTY: DetectorName = "new-template";

/** Detectors whose surprises are -ln of probabilities. */
const PROBABLE: ReadonlySet<DetectorName> = new Set([NOVELTY, "order-change"]);

/** What all detectors say of a batch. */
export interface SaidOfBatch {
  readonly places: Places;
  readonly opinions: readonly Opinions[];
  /** See {@link Grounds.number}. */
  readonly numbers: readonly number[];
  /** By place, for each detector. */
  readonly pValues: Float64Array;
  /** Index of the detector of new templates; -1 without it. */
  readonly novelty: number;
}

export function saidOfBatch(places: Places, opinions: readonly Opinions[]): SaidOfBatch {
  return {
    places,
    opinions,
    numbers: opinions.map(({ detector }) => detectorNumber(detector)),
    pValues: new Float64Array(places.count * opinions.length).fill(1),
    novelty: opinions.findIndex(({ detector }) => detector === NOVELTY),
  };
}

/** The grounds of a verdict on one place of a batch. A class, because there is one for each record. */
export class PlaceGrounds implements Grounds {
  readonly size: number;
  readonly novelty: number;
  private readonly said: SaidOfBatch;
  private readonly place: number;

  constructor(said: SaidOfBatch, place: number) {
    this.said = said;
    this.place = place;
    this.size = said.opinions.length;
    this.novelty = said.novelty < 0 ? Number.NaN : this.surprise(said.novelty);
  }

  detector(index: number): DetectorName {
    return this.said.opinions[index]?.detector ?? NOVELTY;
  }

  number(index: number): number {
    return this.said.numbers[index] ?? 0;
  }

  surprise(index: number): number {
    const surprise = this.said.opinions[index]?.surprises[this.place] ?? Number.NaN;
    // What is no number is no opinion.
    return Number.isFinite(surprise) ? surprise : Number.NaN;
  }

  model(index: number): string | undefined {
    return this.said.opinions[index]?.model;
  }

  isProbability(index: number): boolean {
    return PROBABLE.has(this.detector(index));
  }

  pValue(index: number): number {
    return this.said.pValues[this.place * this.size + index] ?? 1;
  }

  assess(index: number, pValue: number): void {
    this.said.pValues[this.place * this.size + index] = pValue;
  }

  contributions(floors?: Floors): readonly Contribution[] {
    return contributionsOf(this, floors);
  }

  evidence(index: number): Evidence {
    const opinions = this.said.opinions[index];
    if (opinions === undefined) throw new RangeError(`there is no detector ${index}`);
    return evidenceAt(opinions, this.place);
  }
}

/** Evidence from anywhere in a session. */
export interface GroundsItem {
  readonly evidence: Evidence;
  readonly place: Place | undefined;
}

/** The grounds of a verdict on a session, which come from all over it. */
export function groundsOf(items: readonly GroundsItem[]): Grounds {
  const pValues = new Float64Array(items.length).fill(1);
  const evidence = (index: number): Evidence => {
    const item = items[index];
    if (item === undefined) throw new RangeError(`there is no evidence ${index}`);
    return item.evidence;
  };
  const grounds: Grounds = {
    size: items.length,
    novelty: items.find((item) => item.evidence.detector === NOVELTY)?.evidence.surprise ?? Number.NaN,
    detector: (index) => evidence(index).detector,
    number: (index) => detectorNumber(evidence(index).detector),
    surprise: (index) => evidence(index).surprise,
    model: (index) => evidence(index).model,
    isProbability: (index) => {
      const { detector, detail } = evidence(index);
      return PROBABLE.has(detector) || detail?.kind === "silence";
    },
    pValue: (index) => pValues[index] ?? 1,
    assess: (index, pValue) => {
      pValues[index] = pValue;
    },
    evidence,
    contributions: (floors) => contributionsOf(grounds, floors, (index) => items[index]?.place),
  };
  return grounds;
}

function contributionsOf(
  grounds: Grounds,
  floors: Floors | undefined,
  placeOf: (index: number) => Place | undefined = () => undefined,
): readonly Contribution[] {
  const contributions: Contribution[] = [];
  for (let index = 0; index < grounds.size; index += 1) {
    if (Number.isNaN(grounds.surprise(index))) continue;
    const detector = grounds.detector(index);
    const ownPValue = grounds.pValue(index);
    contributions.push({
      detector,
      pValue: Math.max(ownPValue, floors?.get(claimOf(detector)) ?? 0),
      ownPValue,
      evidence: grounds.evidence(index),
      place: placeOf(index),
    });
  }
  return contributions.sort((a, b) => a.pValue - b.pValue || a.ownPValue - b.ownPValue);
}
