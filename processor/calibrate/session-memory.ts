import type { DetectorName, Evidence } from "../detect/detector.ts";
import type { Session } from "../window/sequence-window.ts";
import { isNovelty } from "./scope-calibration.ts";
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
  const sessions = new WeakMap<Session, Map<DetectorName, readonly PlacedEvidence[]>>();
  return {
    with(session, added) {
      const known = sessions.get(session);
      return known === undefined ? added : joined(known, added);
    },
    remember(finding) {
      const all = countedEvidence(finding);
      if (all.length === 0) return;
      const { session } = finding.window;
      const known = sessions.get(session) ?? new Map<DetectorName, readonly PlacedEvidence[]>();
      for (const evidence of all) {
        const own = known.get(evidence.detector) ?? [];
        if (!isOutdone(own, evidence, finding))
          known.set(evidence.detector, strongest(evidence.detector, own, [placed(evidence, finding)]));
      }
      sessions.set(session, known);
    },
  };
}

/** The strongest of both. */
export function joined(a: Strongest, b: Strongest): Strongest {
  const both = new Map(a);
  for (const [detector, added] of b) both.set(detector, strongest(detector, a.get(detector) ?? [], added));
  return both;
}

function strongest(
  detector: DetectorName,
  own: readonly PlacedEvidence[],
  added: readonly PlacedEvidence[],
): readonly PlacedEvidence[] {
  const all = [...own, ...added].sort((one, other) => other.evidence.surprise - one.evidence.surprise);
  return detector === "new-template" ? distinct(all) : all.slice(0, EVENTS_KEPT);
}

/** Each template is new once, however often it came. */
function distinct(all: readonly PlacedEvidence[]): readonly PlacedEvidence[] {
  const byTemplate = new Map<string | undefined, PlacedEvidence>();
  for (const one of all) {
    if (!byTemplate.has(one.place?.template)) byTemplate.set(one.place?.template, one);
  }
  return [...byTemplate.values()].slice(0, NOVELTIES_KEPT);
}

/** Whether the evidence would change nothing, as for most events of a session. */
function isOutdone(
  own: readonly PlacedEvidence[],
  { detector, surprise }: Evidence,
  finding: Finding,
): boolean {
  const isOfNovelty = detector === "new-template";
  // Those that are kept are at least as strong as their last.
  const last = own[(isOfNovelty ? NOVELTIES_KEPT : EVENTS_KEPT) - 1];
  if (last !== undefined && surprise <= last.evidence.surprise) return true;
  if (!isOfNovelty) return false;
  const template = templateAt(finding);
  return own.some(({ place, evidence }) => place?.template === template && evidence.surprise >= surprise);
}

/**
 * The evidence on one event, one of each detector. Of an event that is new, novelty alone counts: every other detector is
 * surprised by it for no reason of its own.
 */
function countedEvidence({ verdict: { contributions } }: Finding): readonly Evidence[] {
  const isNew = contributions.some(({ evidence }) => isNovelty(evidence));
  return contributions
    .filter(
      ({ evidence, detector }, index) =>
        (!isNew || isNovelty(evidence)) &&
        !contributions.some((other, later) => later > index && other.detector === detector),
    )
    .map(({ evidence }) => evidence);
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
