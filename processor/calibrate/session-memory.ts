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

/** What the events of open sessions were like, for the verdict on the whole session at its end. */
export interface SessionMemory {
  /** The strongest of what is remembered and of `added`. */
  with(session: Session, added: Strongest): Strongest;
  remember(session: Session, strongest: Strongest): void;
}

/** Remembers for as long as the session itself is held by its stream. */
export function createSessionMemory(): SessionMemory {
  const sessions = new WeakMap<Session, Strongest>();
  const join = (session: Session, added: Strongest): Strongest => {
    const known = sessions.get(session);
    return known === undefined ? added : joined(known, added);
  };
  return {
    with: join,
    remember(session, strongest) {
      if (strongest.size > 0) sessions.set(session, join(session, strongest));
    },
  };
}

/** The strongest of both. */
export function joined(a: Strongest, b: Strongest): Strongest {
  const both = new Map(a);
  for (const [detector, placed] of b) {
    const all = [...(a.get(detector) ?? []), ...placed].sort(
      (one, other) => other.evidence.surprise - one.evidence.surprise,
    );
    both.set(detector, detector === "new-template" ? distinct(all) : all.slice(0, EVENTS_KEPT));
  }
  return both;
}

/** Each template is new once, however often it came. */
function distinct(all: readonly PlacedEvidence[]): readonly PlacedEvidence[] {
  const byTemplate = new Map<string | undefined, PlacedEvidence>();
  for (const one of all) {
    if (!byTemplate.has(one.place?.template)) byTemplate.set(one.place?.template, one);
  }
  return [...byTemplate.values()].slice(0, NOVELTIES_KEPT);
}

/**
 * The evidence on one event, with its place. Of an event that is new, novelty alone counts: every other detector is
 * surprised by it for no reason of its own.
 */
export function strongestOf({ window: { events }, event, verdict }: Finding): Strongest {
  const place = { template: events[event]?.match.template ?? "", after: events[event - 1]?.match.template };
  const evidence = verdict.contributions.map((one) => one.evidence);
  const isNew = evidence.some(isNovelty);
  return new Map(
    evidence
      .filter((one) => !isNew || isNovelty(one))
      .map((one) => [one.detector, [{ evidence: one, place, isTold: verdict.isAnomaly }]]),
  );
}

/**
 * One detector's opinion of the whole session: its strongest evidence, with the mean surprise of its three strongest, or,
 * for novelty, whose surprises are -ln of probabilities, their sum.
 */
export function opinionOf(placed: readonly PlacedEvidence[]): PlacedEvidence | undefined {
  const [first] = placed;
  if (first === undefined) return undefined;
  const sum = placed.reduce((total, { evidence }) => total + evidence.surprise, 0);
  const surprise = first.evidence.detector === "new-template" ? sum : sum / placed.length;
  return { ...first, evidence: { ...first.evidence, surprise } };
}
