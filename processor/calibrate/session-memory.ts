import { DETECTOR_NAMES, type DetectorName, type Evidence } from "../detect/evidence.ts";
import type { Session } from "../window/sequence-window.ts";
import { type Grounds, NOVELTY } from "./grounds.ts";
import { groundsOfVerdict } from "./judged-verdict.ts";
import type { Finding, Place } from "./verdict.ts";

/** Evidence from somewhere in a session. */
export interface PlacedEvidence {
  readonly evidence: Evidence;
  /** Undefined for the end. */
  readonly place: Place | undefined;
  /** Whether the event was flagged when it came. */
  readonly isTold: boolean;
}

/** Each detector's strongest evidence in a session, the strongest first. */
export type Strongest = ReadonlyMap<DetectorName, readonly PlacedEvidence[]>;

/** So many events make a detector's opinion of a session: one odd event may be chance, three are not. */
const EVENTS_KEPT = 3;
/** New templates that are counted: each is news of its own. */
const NOVELTIES_KEPT = 32;
/** A novelty is never quite unsurprising: 0 is for what is known. */
const SURPRISE_MIN = 1e-3;

/** What the events of open sessions were like, for the verdict on the whole session at its end. */
export interface SessionMemory {
  /** The strongest of what is remembered and of `added`. */
  with(session: Session, added: Strongest): Strongest;
  /** Takes in the evidence on one event. */
  remember(finding: Finding): void;
}

/** What is remembered of one session. */
interface Remembered {
  readonly strongest: Map<DetectorName, PlacedEvidence[]>;
  /** By the detector's number: a surprise that is not above it would change nothing, as that of most events. */
  readonly floors: number[];
}

/** Remembers for as long as the session itself is held by its stream. */
export function createSessionMemory(): SessionMemory {
  const sessions = new WeakMap<Session, Remembered>();
  return {
    with(session, added) {
      const known = sessions.get(session);
      return known === undefined ? added : joined(known.strongest, added);
    },
    remember(finding) {
      const { window, verdict } = finding;
      const grounds = groundsOfVerdict(verdict);
      let known = sessions.get(window.session);
      if (known === undefined) {
        known = { strongest: new Map(), floors: DETECTOR_NAMES.map(() => Number.NEGATIVE_INFINITY) };
        sessions.set(window.session, known);
      }
      // Of an event that is new, novelty alone counts: every other detector is surprised by it for no reason of its own.
      const isNew = grounds.novelty > 0;
      for (let index = 0; index < grounds.size; index += 1) {
        // False for what is no number, too.
        if (!(grounds.surprise(index) > (known.floors[grounds.number(index)] ?? 0))) continue;
        if (!isNew || grounds.detector(index) === NOVELTY) rememberOne(known, grounds, index, finding);
      }
    },
  };
}

function rememberOne(
  { strongest, floors }: Remembered,
  grounds: Grounds,
  index: number,
  finding: Finding,
): void {
  const detector = grounds.detector(index);
  const own = strongest.get(detector) ?? [];
  if (own.length === 0) strongest.set(detector, own);
  keep(own, placed(grounds, index, finding));
  floors[grounds.number(index)] = floorOf(own, detector);
}

/** Those that are kept are at least as strong as their last; and what is known is no news. */
function floorOf(own: readonly PlacedEvidence[], detector: DetectorName): number {
  const last = own[keptOf(detector) - 1];
  if (last !== undefined) return last.evidence.surprise;
  return detector === NOVELTY ? 0 : Number.NEGATIVE_INFINITY;
}

/** The strongest of both. */
export function joined(a: Strongest, b: Strongest): Strongest {
  const both = new Map([...a].map(([detector, own]) => [detector, [...own]]));
  for (const [detector, added] of b) {
    const own = both.get(detector) ?? [];
    for (const one of added) keep(own, one);
    both.set(detector, own);
  }
  return both;
}

/** Puts the evidence in its place among a detector's strongest; of novelty, each template is kept once, however often it came. */
function keep(own: PlacedEvidence[], added: PlacedEvidence): void {
  const { detector, surprise } = added.evidence;
  if (detector === NOVELTY) {
    const same = own.findIndex(({ place }) => place?.template === added.place?.template);
    if (same >= 0 && (own[same]?.evidence.surprise ?? 0) >= surprise) return;
    if (same >= 0) own.splice(same, 1);
  }
  const weaker = own.findIndex(({ evidence }) => evidence.surprise < surprise);
  own.splice(weaker < 0 ? own.length : weaker, 0, added);
  own.length = Math.min(own.length, keptOf(detector));
}

function keptOf(detector: DetectorName): number {
  return detector === NOVELTY ? NOVELTIES_KEPT : EVENTS_KEPT;
}

/** What says nothing is the same wherever it stands. */
const UNSURPRISED = Object.fromEntries(
  DETECTOR_NAMES.map((detector): [DetectorName, PlacedEvidence] => [
    detector,
    { evidence: { detector, surprise: 0, expected: [] }, place: undefined, isTold: false },
  ]),
) as Readonly<Record<DetectorName, PlacedEvidence>>;

function placed(grounds: Grounds, index: number, finding: Finding): PlacedEvidence {
  if (grounds.surprise(index) === 0) return UNSURPRISED[grounds.detector(index)];
  const { window, event, verdict } = finding;
  const after = window.events[event - 1]?.match.template;
  const place = { template: templateAt(finding), after };
  return { evidence: grounds.evidence(index), place, isTold: verdict.isAnomaly };
}

function templateAt({ window, event }: Finding): string {
  return window.events[event]?.match.template ?? "";
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
