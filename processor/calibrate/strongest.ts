import type { DetectorName, Evidence } from "../detect/evidence.ts";
import { NOVELTY } from "./grounds.ts";
import type { Place } from "./verdict.ts";

/** Evidence from somewhere in a session. */
export interface PlacedEvidence {
  readonly evidence: Evidence;
  /** Undefined for the end. */
  readonly place: Place | undefined;
  /** Whether the event was flagged when it came. */
  readonly isTold: boolean;
}

/** Each detector's strongest evidence in a session, the strongest first; of those behind it, little more than their surprise. */
export type Strongest = ReadonlyMap<DetectorName, readonly PlacedEvidence[]>;

/** So many events make a detector's opinion of a session: one odd event may be chance, three are not. */
const EVENTS_KEPT = 3;
/** New templates that are counted: each is news of its own. */
export const NOVELTIES_KEPT = 32;
/** A novelty is never quite unsurprising: 0 is for what is known. */
const SURPRISE_MIN = 1e-3;

/** The strongest of both. */
export function joined(a: Strongest, b: Strongest): Strongest {
  const both = new Map(a);
  for (const [detector, added] of b) both.set(detector, added.reduce(withAdded, both.get(detector) ?? []));
  return both;
}

/** The evidence in its place among a detector's strongest; of novelty, each template is kept once, however often it came. */
export function withAdded(
  before: readonly PlacedEvidence[],
  added: PlacedEvidence,
): readonly PlacedEvidence[] {
  const { detector, surprise } = added.evidence;
  const isSame = ({ place }: PlacedEvidence) => place?.template === added.place?.template;
  if (detector === NOVELTY && before.some((one) => isSame(one) && one.evidence.surprise >= surprise))
    return before;
  const own = detector === NOVELTY ? before.filter((one) => !isSame(one)) : before;
  const weaker = own.findIndex(({ evidence }) => evidence.surprise < surprise);
  const at = weaker < 0 ? own.length : weaker;
  return own.toSpliced(at, 0, added).slice(0, detector === NOVELTY ? NOVELTIES_KEPT : EVENTS_KEPT);
}

/**
 * One detector's opinion of the whole session: its strongest evidence, with the mean surprise of its three strongest, or,
 * for novelty, whose surprises are -ln of probabilities, their sum. There the strongest counts at most as one session in
 * the square root of those known: one new message is what any change of a program brings, in sessions that are quite in
 * order. Every further one counts in full.
 *
 * @param sessionsKnown how many sessions the service's calibration has learned from
 */
export function opinionOf(
  placed: readonly PlacedEvidence[],
  sessionsKnown: number,
): PlacedEvidence | undefined {
  const [first] = placed;
  if (first === undefined) return undefined;
  const sum = placed.reduce((total, { evidence }) => total + evidence.surprise, 0);
  const excess = Math.max(0, first.evidence.surprise - Math.log1p(sessionsKnown) / 2);
  const surprise =
    first.evidence.detector === NOVELTY ? Math.max(SURPRISE_MIN, sum - excess) : sum / placed.length;
  return { ...first, evidence: { ...first.evidence, surprise } };
}
