import { DETECTOR_NAMES, type DetectorName, type Evidence } from "../detect/evidence.ts";
import type { Session } from "../window/sequence-window.ts";
import { claimOf, type Floors } from "./claim.ts";
import { type Grounds, NOVELTY } from "./grounds.ts";
import { groundsOfVerdict } from "./judged-verdict.ts";
import { joined, NOVELTIES_KEPT, type PlacedEvidence, type Strongest, withAdded } from "./strongest.ts";
import type { Finding, Verdict } from "./verdict.ts";

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

/** What adds up over many sessions says little of one of them. */
const OF_MANY: DetectorName = "order-change";
/** Of the three events that are kept of a detector, those behind the strongest. */
const FOLLOWERS = 2;
const NOTHING_EXPECTED: Evidence["expected"] = [];

/** What is remembered of one session. There are very many: of what is behind the strongest only numbers. */
class Remembered {
  /** The memory that has noted it on its session. */
  readonly owner: symbol | undefined;
  /** By the detector's number; of new templates, see below. */
  private readonly firsts: (PlacedEvidence | undefined)[] = new Array(DETECTOR_NAMES.length).fill(undefined);
  /** The surprises behind each first, the stronger first; -Infinity where there are none yet. */
  private readonly followers: number[] = new Array(FOLLOWERS * DETECTOR_NAMES.length).fill(
    Number.NEGATIVE_INFINITY,
  );
  private novelties: readonly PlacedEvidence[] = [];

  constructor(owner?: symbol) {
    this.owner = owner;
  }

  /** Takes in what one detector says of an event. */
  keep(grounds: Grounds, index: number, finding: Finding): void {
    const surprise = grounds.surprise(index);
    if (grounds.detector(index) === NOVELTY) this.keepNovelty(surprise, grounds, index, finding);
    else this.keepSurprise(surprise, grounds, index, finding);
  }

  /** What is known is no news; that nothing else came is kept once. */
  private keepNovelty(surprise: number, grounds: Grounds, index: number, finding: Finding): void {
    const none = this.novelties.length === 0 ? Number.NEGATIVE_INFINITY : 0;
    const floor = this.novelties[NOVELTIES_KEPT - 1]?.evidence.surprise ?? none;
    if (surprise > floor) this.novelties = withAdded(this.novelties, placed(grounds, index, finding));
  }

  /** Most events are in no way among the oddest of their session; what is no number is not, either. */
  private keepSurprise(surprise: number, grounds: Grounds, index: number, finding: Finding): void {
    const { firsts, followers } = this;
    const number = grounds.number(index);
    const second = FOLLOWERS * number;
    const third = second + 1;
    if (!(surprise > (followers[third] ?? 0))) return;
    const first = firsts[number]?.evidence.surprise ?? Number.NEGATIVE_INFINITY;
    if (surprise > first) {
      followers[third] = followers[second] ?? 0;
      followers[second] = first;
      firsts[number] = placed(grounds, index, finding);
    } else if (surprise > (followers[second] ?? 0)) {
      followers[third] = followers[second] ?? 0;
      followers[second] = surprise;
    } else followers[third] = surprise;
  }

  strongest(): Strongest {
    const strongest = new Map<DetectorName, readonly PlacedEvidence[]>();
    for (const [number, detector] of DETECTOR_NAMES.entries()) {
      const own = detector === NOVELTY ? this.novelties : this.oddest(number, detector);
      if (own.length > 0) strongest.set(detector, own);
    }
    return strongest;
  }

  private oddest(number: number, detector: DetectorName): readonly PlacedEvidence[] {
    const first = this.firsts[number];
    if (first === undefined) return [];
    const behind = this.followers.slice(FOLLOWERS * number, FOLLOWERS * (number + 1));
    return [first, ...behind.filter(Number.isFinite).map((surprise) => follower(detector, surprise))];
  }
}

function createMemory(
  find: (session: Session) => Remembered | undefined,
  begin: (session: Session) => Remembered,
): SessionMemory {
  return {
    with(session, added) {
      const known = find(session);
      return known === undefined ? added : joined(known.strongest(), added);
    },
    remember(finding) {
      const { window, verdict } = finding;
      const grounds = groundsOfVerdict(verdict);
      const known = find(window.session) ?? begin(window.session);
      // Of an event that is new, novelty alone counts: every other detector is surprised by it for no reason of its own.
      const isNew = grounds.novelty > 0;
      const answered = answeredOf(verdict);
      for (let index = 0; index < grounds.size; index += 1) {
        const detector = grounds.detector(index);
        if (isNew && detector !== NOVELTY) continue;
        if (detector === OF_MANY) continue;
        if (answered === undefined || !answered.has(claimOf(detector))) known.keep(grounds, index, finding);
      }
    },
  };
}

/** What people called expected where it came is no news at the end of the session either, nor what a release was held to be;
 * undefined: nothing. */
function answeredOf({ quieted, news, pValue, isAnomaly }: Verdict): Floors | undefined {
  if (news?.isHeld === true) return quieted?.floors;
  return quieted === undefined || isAnomaly || pValue <= quieted.pValue ? undefined : quieted.floors;
}

/** What says nothing is the same wherever it stands. */
const UNSURPRISED = Object.fromEntries(
  DETECTOR_NAMES.map((detector) => [detector, follower(detector, 0)]),
) as Readonly<Record<DetectorName, PlacedEvidence>>;

function placed(grounds: Grounds, index: number, finding: Finding): PlacedEvidence {
  if (grounds.surprise(index) === 0) return UNSURPRISED[grounds.detector(index)];
  const { window, event, verdict } = finding;
  const after = window.events[event - 1]?.match.template;
  const place = { template: templateAt(finding), after };
  return { evidence: grounds.evidence(index), place, isTold: verdict.isAnomaly };
}

function follower(detector: DetectorName, surprise: number): PlacedEvidence {
  return {
    evidence: { detector, surprise, expected: NOTHING_EXPECTED },
    place: undefined,
    isTold: false,
  };
}

function templateAt({ window, event }: Finding): string {
  return window.events[event]?.match.template ?? "";
}
