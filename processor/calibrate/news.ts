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
 * What is news about an event; undefined where no band is open for its release, nor for the one that has brought its message or
 * the one before. Held is a harmless message (below WARN, by its severity or, without one, by the level that its own text tells)
 * that a release has brought, and one that follows on such a message while that is hardly known: nobody can say yet what usually
 * comes there, and where old and new run side by side it may be a record of the old. What people called a true anomaly is not.
 * @param novelty see {@link Grounds.novelty}
 */
export function newsOf(
  { events }: SequenceWindow,
  event: number,
  novelty: number,
  service: ReleasedService,
): News | undefined {
  const subject = events[event];
  if (subject === undefined) return undefined;
  const deployment = service.deploymentOf(subject);
  const { templateId } = subject.match;
  const known = service.brought(templateId);
  const isAfterNews = isHardlyKnown(events[event - 1], service);
  if (deployment === undefined && known === undefined && !isAfterNews) return undefined;
  // What detectors know and the calibration never learned came just before a crash.
  const isNew = known === undefined && (novelty > 0 || service.familiarityOf(templateId, novelty <= 0) === 0);
  const isFirst = deployment !== undefined && isNew;
  const brought =
    known ??
    (isFirst && service.mayBring() ? { by: deployment, isHarmless: isHarmlessEvent(subject) } : undefined);
  const isGatheredOrKnown = brought !== undefined || !isNew;
  const isHeld =
    isHarmlessEvent(subject) &&
    !service.isConfirmed(templateId) &&
    (brought?.isHarmless === true || (isAfterNews && isGatheredOrKnown));
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
  const ofWindow = new Set(
    events.filter((one) => isBroughtHarmless(one, service)).map(({ match }) => match.templateId),
  );
  const brought = new Set(
    [...session.counts].flatMap(([id, { template }]) =>
      (service.brought(id)?.isHarmless ?? ofWindow.has(id)) ? [template] : [],
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
  return (
    event !== undefined &&
    isBroughtHarmless(event, service) &&
    service.familiarityOf(event.match.templateId) < 1
  );
}

/** What was never learned from came in the same request: it is what that tells. */
function isBroughtHarmless(event: LogEvent, service: ReleasedService): boolean {
  const { templateId } = event.match;
  const brought = service.brought(templateId);
  if (brought !== undefined) return brought.isHarmless;
  return (
    service.deploymentOf(event) !== undefined &&
    service.familiarityOf(templateId) === 0 &&
    service.mayBring() &&
    isHarmlessEvent(event)
  );
}
