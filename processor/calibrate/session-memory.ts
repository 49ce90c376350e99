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

/** Each detector's strongest evidence in a session, the strongest first; of those behind it, little more than their surprise. */
export type Strongest = ReadonlyMap<DetectorName, readonly PlacedEvidence[]>;

/** So many events make a detector's opinion of a session: one odd event may be chance, three are not. */
const EVENTS_KEPT = 3;
/** New templates that are counted: each is news of its own. */
const NOVELTIES_KEPT = 32;
const NONE: readonly PlacedEvidence[] = [];
const NOTHING_EXPECTED: Evidence["expected"] = [];
/** A novelty is never quite unsurprising: 0 is for what is known. */
const SURPRISE_MIN = 1e-3;

/** What the events of sessions were like, for the verdict on the whole session at its end. */
export interface SessionMemory {
  /** The strongest of what is remembered and of `added`. */
  with(session: Session, added: Strongest): Strongest;
  /** Takes in the evidence on one event. */
  remember(finding: Finding): void;
}

/** Remembers for as long as the session itself is held: on the session, as a weak map of very many makes each full
 * garbage collection long. */
export function createLastingMemory(): SessionMemory {
  const owner = Symbol("the memory that notes");
  const noted = ({ note }: Session): Remembered | undefined =>
    note instanceof Remembered && note.owner === owner ? note : undefined;
  return createMemory(noted, (session) => {
    const remembered = new Remembered(owner);
    session.note = remembered;
    return remembered;
  });
}

/** Remembers for as long as it is held itself. */
export function createPassingMemory(): SessionMemory {
  const sessions = new Map<Session, Remembered>();
  return createMemory(
    (session) => sessions.get(session),
    (session) => {
      const remembered = new Remembered();
      sessions.set(session, remembered);
      return remembered;
    },
  );
}

/** What is remembered of one session. There are very many. */
class Remembered {
  /** By the detector's number. */
  readonly strongest: (readonly PlacedEvidence[] | undefined)[] = DETECTOR_NAMES.map(() => undefined);
  /** Likewise: a surprise that is not above it would change nothing, as that of most events. */
  readonly floors: number[] = DETECTOR_NAMES.map(() => Number.NEGATIVE_INFINITY);
  /** The memory that has noted it on its session. */
  readonly owner: symbol | undefined;

  constructor(owner?: symbol) {
    this.owner = owner;
  }
}

function createMemory(
  find: (session: Session) => Remembered | undefined,
  begin: (session: Session) => Remembered,
): SessionMemory {
  return {
    with(session, added) {
      const known = find(session);
      return known === undefined ? added : joined(byDetector(known), added);
    },
    remember(finding) {
      const { window, verdict } = finding;
      const grounds = groundsOfVerdict(verdict);
      const known = find(window.session) ?? begin(window.session);
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

function byDetector({ strongest }: Remembered): Strongest {
  return new Map(
    strongest.flatMap((own) => {
      const [first] = own ?? [];
      return own === undefined || first === undefined ? [] : [[first.evidence.detector, own]];
    }),
  );
}

function rememberOne(
  { strongest, floors }: Remembered,
  grounds: Grounds,
  index: number,
  finding: Finding,
): void {
  const detector = grounds.detector(index);
  const number = grounds.number(index);
  const before = strongest[number] ?? [];
  const isFirst = !((before[0]?.evidence.surprise ?? Number.NEGATIVE_INFINITY) >= grounds.surprise(index));
  const own = kept(isFirst ? before.map(asFollower) : before, placed(grounds, index, finding, isFirst));
  strongest[number] = own;
  floors[number] = floorOf(own, detector);
}

/** Those that are kept are at least as strong as their last; and what is known is no news. */
function floorOf(own: readonly PlacedEvidence[], detector: DetectorName): number {
  const last = own[keptOf(detector) - 1];
  if (last !== undefined) return last.evidence.surprise;
  return detector === NOVELTY ? 0 : Number.NEGATIVE_INFINITY;
}

/** The strongest of both. */
export function joined(a: Strongest, b: Strongest): Strongest {
  const both = new Map(a);
  for (const [detector, added] of b) both.set(detector, added.reduce(kept, both.get(detector) ?? NONE));
  return both;
}

/** The evidence in its place among a detector's strongest; of novelty, each template is kept once, however often it came. */
function kept(before: readonly PlacedEvidence[], added: PlacedEvidence): readonly PlacedEvidence[] {
  const { detector, surprise } = added.evidence;
  const isSame = ({ place }: PlacedEvidence) => place?.template === added.place?.template;
  if (detector === NOVELTY && before.some((one) => isSame(one) && one.evidence.surprise >= surprise))
    return before;
  const own = detector === NOVELTY ? before.filter((one) => !isSame(one)) : before;
  const weaker = own.findIndex(({ evidence }) => evidence.surprise < surprise);
  const at = weaker < 0 ? own.length : weaker;
  // No longer than it has to be: one that grows is given room for many more.
  return [...own.slice(0, at), added, ...own.slice(at)].slice(0, keptOf(detector));
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

/** @param isFirst whether it is the strongest so far: of the others only the strength is ever asked for */
function placed(grounds: Grounds, index: number, finding: Finding, isFirst: boolean): PlacedEvidence {
  if (grounds.surprise(index) === 0) return UNSURPRISED[grounds.detector(index)];
  const { window, event, verdict } = finding;
  const after = window.events[event - 1]?.match.template;
  const place = { template: templateAt(finding), after };
  return isFirst
    ? { evidence: grounds.evidence(index), place, isTold: verdict.isAnomaly }
    : follower(grounds.detector(index), grounds.surprise(index), place);
}

function asFollower({ evidence, place }: PlacedEvidence): PlacedEvidence {
  return evidence.surprise === 0
    ? UNSURPRISED[evidence.detector]
    : follower(evidence.detector, evidence.surprise, place);
}

/** New templates are told apart by their place. */
function follower(detector: DetectorName, surprise: number, place: Place | undefined): PlacedEvidence {
  return {
    evidence: { detector, surprise, expected: NOTHING_EXPECTED },
    place: detector === NOVELTY ? place : undefined,
    isTold: false,
  };
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
