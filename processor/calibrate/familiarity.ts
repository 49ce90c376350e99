import { LRUCache } from "lru-cache";
import { z } from "zod";

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
  /** From 0 for a template that was never seen to 1 for one that was seen ten times. */
  of(templateId: string): number;
  learn(templateId: string): void;
  snapshot(): FamiliarityState;
}

/**
 * What came once or twice surprises every detector of habits wherever it comes next: a job of every ten minutes in a service
 * of a thousand records. No sample of the service's surprises shows how often that happens, so a stranger's are believed as
 * little as those of a service that nobody knows.
 */
export function createFamiliarity(state: FamiliarityState = []): Familiarity {
  // By size: room for `max` entries would be set aside in every service at once.
  const seen = new LRUCache<string, number>({ maxSize: TEMPLATES_MAX, sizeCalculation: () => 1 });
  for (const [templateId, events] of state) seen.set(templateId, Math.min(FAMILIAR_FROM, events));
  return {
    of: (templateId) => (seen.peek(templateId) ?? 0) / FAMILIAR_FROM,
    learn(templateId) {
      seen.set(templateId, Math.min(FAMILIAR_FROM, (seen.get(templateId) ?? 0) + 1));
    },
    snapshot: () => [...seen.entries()].reverse(),
  };
}
