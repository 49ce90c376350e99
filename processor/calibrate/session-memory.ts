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

/** Each detector's strongest evidence in a session, by detector. */
export type Strongest = ReadonlyMap<DetectorName, PlacedEvidence>;

/** What the events of open sessions were like, for the verdict on the whole session at its end. */
export interface SessionMemory {
  /** The strongest of what is remembered and of `added`. */
  with(session: Session, added: Strongest | undefined): Strongest;
  remember(session: Session, strongest: Strongest): void;
}

/** Remembers for as long as the session itself is held by its stream. */
export function createSessionMemory(): SessionMemory {
  const sessions = new WeakMap<Session, Strongest>();
  const join = (session: Session, added: Strongest | undefined): Strongest => {
    const known = sessions.get(session);
    if (known === undefined || added === undefined) return known ?? added ?? new Map();
    const both = new Map(known);
    for (const placed of added.values()) keepStronger(both, placed);
    return both;
  };
  return {
    with: join,
    remember(session, strongest) {
      sessions.set(session, join(session, strongest));
    },
  };
}

/**
 * The strongest evidence on one event, with its place. Of an event that is new, novelty alone counts: every other
 * detector is surprised by it for no reason of its own.
 */
export function strongestOf({ window: { events }, event, verdict }: Finding): Strongest {
  const place = { template: events[event]?.match.template ?? "", after: events[event - 1]?.match.template };
  const evidence = verdict.contributions.map((one) => one.evidence);
  const isNew = evidence.some(isNovelty);
  const strongest = new Map<DetectorName, PlacedEvidence>();
  for (const one of evidence) {
    if (one.surprise > 0 && (!isNew || isNovelty(one)))
      keepStronger(strongest, { evidence: one, place, isTold: verdict.isAnomaly });
  }
  return strongest;
}

/** Puts the evidence in where it is stronger than what its detector has there. */
export function keepStronger(strongest: Map<DetectorName, PlacedEvidence>, placed: PlacedEvidence): void {
  const { detector, surprise } = placed.evidence;
  const known = strongest.get(detector);
  if (known === undefined || known.evidence.surprise < surprise) strongest.set(detector, placed);
}
