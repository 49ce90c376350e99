import type { Evidence } from "../detect/evidence.ts";
import { isHarmless } from "../detect/severity-class.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { ExpectedClaim } from "./expected-kinds.ts";
import type { Brought, Deployment, News } from "./releases.ts";
import { pValueOf } from "./score.ts";

/** By how much a p-value is held above that of the threshold: enough for rounding, too little to be seen in a score. */
const HELD_FACTOR = 1.01;

/** What is known of a service's releases and templates. */
export interface ReleasedService {
  /** The deployment of the event's release, where its learning band is open. */
  deploymentOf(event: LogEvent): Deployment | undefined;
  /** Whether there is room for one more new message. */
  mayBring(): boolean;
  /** What a release with an open band has brought under this template. */
  brought(templateId: string): Brought | undefined;
  /** From 0 for a template that was never seen to 1 for one whose habits are known. @param isKnown to the detectors */
  familiarityOf(templateId: string, isKnown?: boolean): number;
  /** Whether people said last of an event of this template that it was a true anomaly. */
  isConfirmed(templateId: string): boolean;
}

/**
 * What is news about an event; undefined where no band is open for its release. Held is a harmless message (below WARN, by its
 * severity or, without one, by the level that its own text tells) that the release has brought, and one that follows on such a message while that is
 * hardly known: nobody can say yet what usually comes there. What people called a true anomaly is not.
 * @param novelty see {@link Grounds.novelty}
 */
export function newsOf(
  { events }: SequenceWindow,
  event: number,
  novelty: number,
  service: ReleasedService,
): News | undefined {
  const subject = events[event];
  const deployment = subject && service.deploymentOf(subject);
  if (subject === undefined || deployment === undefined) return undefined;
  const { templateId } = subject.match;
  const known = service.brought(templateId);
  // What detectors know and the calibration never learned came just before a crash.
  const isFirst =
    known === undefined && (novelty > 0 || service.familiarityOf(templateId, novelty <= 0) === 0);
  const brought =
    known ??
    (isFirst && service.mayBring() ? { by: deployment, isHarmless: isHarmlessEvent(subject) } : undefined);
  const isHeld =
    isHarmlessEvent(subject) &&
    !service.isConfirmed(templateId) &&
    (brought?.isHarmless === true || isHardlyKnown(events[event - 1], service));
  return { deployment, broughtBy: brought?.by, isFirst, isHeld };
}

/** Whether an event is below WARN, by its severity or, without one, by the level that its own text tells. */
export function isHarmlessEvent({ severityNumber, match }: LogEvent): boolean {
  return isHarmless(severityNumber, match.template);
}

/** A record's p-value as it is held: that of a score just below the threshold. */
export function heldPValue(threshold: number): number {
  return Math.min(1, pValueOf(threshold) * HELD_FACTOR);
}

/** What is to be expected of a held message: whatever is odd about it, but not how often it comes. */
export function heldClaims(threshold: number): readonly ExpectedClaim[] {
  return [{ claim: "message", share: heldPValue(threshold), strength: Number.POSITIVE_INFINITY }];
}

/** Of the evidence on a session's end what says more than that a release has brought new messages. */
export function withoutNews(
  evidence: readonly Evidence[],
  { events, session }: SequenceWindow,
  service: ReleasedService,
): readonly Evidence[] {
  const last = events.at(-1);
  if (last === undefined || service.deploymentOf(last) === undefined) return evidence;
  const harmless = new Set(events.filter(isHarmlessEvent).map(({ match }) => match.templateId));
  const brought = new Set(
    [...session.counts].flatMap(([id, { template }]) =>
      isBroughtHarmless(id, harmless.has(id), service) ? [template] : [],
    ),
  );
  if (brought.size === 0) return evidence;
  return evidence.filter(({ detector, detail }) => {
    if (detail?.kind === "count") return !brought.has(detail.template);
    if (detail?.kind === "length") return detail.events <= detail.usualMax;
    return detector === "rate" || !isHardlyKnown(last, service);
  });
}

function isHardlyKnown(event: LogEvent | undefined, service: ReleasedService): boolean {
  if (event === undefined) return false;
  const { templateId } = event.match;
  return (
    isBroughtHarmless(templateId, isHarmlessEvent(event), service) && service.familiarityOf(templateId) < 1
  );
}

/** @param isHarmlessNow what was never learned from came in the same request: it is what that tells */
function isBroughtHarmless(templateId: string, isHarmlessNow: boolean, service: ReleasedService): boolean {
  const brought = service.brought(templateId);
  if (brought !== undefined) return brought.isHarmless;
  return isHarmlessNow && service.familiarityOf(templateId) === 0;
}
