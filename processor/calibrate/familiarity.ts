import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Evidence } from "../detect/detector.ts";

/** Events of a template after which its habits are trusted. */
const FAMILIAR_FROM = 10;
/** Templates remembered in one service, as many as detectors know of it; over it the least recently seen one is a stranger
 * again. */
const TEMPLATES_MAX = 5_000;

/** The memory as JSON: template id and events seen, least recently seen first. */
export const familiarityState = z.array(z.tuple([z.string(), z.int().min(1)]));
export type FamiliarityState = z.infer<typeof familiarityState>;

/** How well the templates of one service are known. */
export interface Familiarity {
  /** From 0 for a template that was never seen to 1 for one that was seen ten times. @param evidence on its event */
  of(templateId: string, evidence: readonly Evidence[]): number;
  learn(templateId: string, evidence: readonly Evidence[]): void;
  snapshot(): FamiliarityState;
}

/**
 * What came once or twice surprises every detector of habits wherever it comes next: a job of every ten minutes in a service
 * of a thousand records. No sample of the service's surprises shows how often that happens, so a stranger's are believed as
 * little as those of a service that nobody knows.
 *
 * @param wasKnown the service was known well before its templates were counted: one that was never counted, and is none the
 *   less no news to the novelty detector, is as familiar as it was then
 */
export function createFamiliarity(state: FamiliarityState = [], wasKnown = false): Familiarity {
  // By size: room for `max` entries would be set aside in every service at once.
  const seen = new LRUCache<string, number>({ maxSize: TEMPLATES_MAX, sizeCalculation: () => 1 });
  for (const [templateId, events] of state) seen.set(templateId, Math.min(FAMILIAR_FROM, events));

  const eventsOf = (templateId: string, evidence: readonly Evidence[]): number =>
    seen.peek(templateId) ?? (wasKnown && evidence.some(isNoNews) ? FAMILIAR_FROM : 0);

  return {
    of: (templateId, evidence) => eventsOf(templateId, evidence) / FAMILIAR_FROM,
    learn(templateId, evidence) {
      seen.set(templateId, Math.min(FAMILIAR_FROM, eventsOf(templateId, evidence) + 1));
    },
    snapshot: () => [...seen.entries()].reverse(),
  };
}

/** Whether the evidence says that its event's template has been written before. */
function isNoNews({ detector, surprise }: Evidence): boolean {
  return detector === "new-template" && surprise <= 0;
}
