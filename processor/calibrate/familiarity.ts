import { z } from "zod";

/** Events of a template after which its habits are trusted. */
const FAMILIAR_FROM = 10;
/** Templates remembered in one service, as many as detectors know of it; over it what was not seen for longest is a stranger
 * again, half of them at once. */
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
  // Two generations: cheaper than an order that every event changes.
  let young = new Map<string, number>();
  let old: ReadonlyMap<string, number> = new Map(state.slice(-TEMPLATES_MAX / 2));
  const eventsOf = (templateId: string) => young.get(templateId) ?? old.get(templateId) ?? 0;
  return {
    of: (templateId) => Math.min(FAMILIAR_FROM, eventsOf(templateId)) / FAMILIAR_FROM,
    learn(templateId) {
      const known = young.get(templateId);
      if (known === FAMILIAR_FROM) return;
      young.set(templateId, Math.min(FAMILIAR_FROM, eventsOf(templateId) + 1));
      if (young.size < TEMPLATES_MAX / 2) return;
      old = young;
      young = new Map();
    },
    snapshot: () => [...[...old].filter(([templateId]) => !young.has(templateId)), ...young],
  };
}
