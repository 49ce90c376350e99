import type { DetectorName, Evidence } from "../detect/detector.ts";
import type { Session } from "../window/sequence-window.ts";
import { isOfNovelty } from "./scope-calibration.ts";
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

/** Remembers for as long as the session itself is held by its stream. */
export function createSessionMemory(): SessionMemory {
  const sessions = new WeakMap<Session, Map<DetectorName, PlacedEvidence[]>>();
  return {
    with(session, added) {
      const known = sessions.get(session);
      return known === undefined ? added : joined(known, added);
    },
    remember(finding) {
      const { window, verdict } = finding;
      const known = sessions.get(window.session) ?? new Map<DetectorName, PlacedEvidence[]>();
      // Of an event that is new, novelty alone counts: every other detector is surprised by it for no reason of its own.
      const isNew = verdict.contributions.some(isOfNovelty);
      for (const contribution of verdict.contributions) {
        if (isNew && !isOfNovelty(contribution)) continue;
        const { detector, evidence } = contribution;
        const own = known.get(detector);
        if (own === undefined) known.set(detector, [placed(evidence, finding)]);
        else if (!isOutdone(own, evidence, finding)) keep(own, placed(evidence, finding));
      }
      if (known.size > 0) sessions.set(window.session, known);
    },
  };
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
  const isNewTemplate = detector === "new-template";
  if (isNewTemplate) {
    const same = own.findIndex(({ place }) => place?.template === added.place?.template);
    if (same >= 0 && (own[same]?.evidence.surprise ?? 0) >= surprise) return;
    if (same >= 0) own.splice(same, 1);
  }
  const weaker = own.findIndex(({ evidence }) => evidence.surprise < surprise);
  own.splice(weaker < 0 ? own.length : weaker, 0, added);
  own.length = Math.min(own.length, keptOf(detector));
}

function keptOf(detector: DetectorName): number {
  return detector === "new-template" ? NOVELTIES_KEPT : EVENTS_KEPT;
}

/** Whether the evidence would change nothing, as for most events of a session. */
function isOutdone(
  own: readonly PlacedEvidence[],
  { detector, surprise }: Evidence,
  finding: Finding,
): boolean {
  // Those that are kept are at least as strong as their last.
  const last = own[keptOf(detector) - 1];
  if (last !== undefined && surprise <= last.evidence.surprise) return true;
  if (detector !== "new-template") return false;
  const template = templateAt(finding);
  return own.some(({ place, evidence }) => place?.template === template && evidence.surprise >= surprise);
}

function placed(evidence: Evidence, finding: Finding): PlacedEvidence {
  const { window, event, verdict } = finding;
  const after = window.events[event - 1]?.match.template;
  return { evidence, place: { template: templateAt(finding), after }, isTold: verdict.isAnomaly };
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
    first.evidence.detector === "new-template" ? Math.max(SURPRISE_MIN, sum - excess) : sum / placed.length;
  return { ...first, evidence: { ...first.evidence, surprise } };
}
