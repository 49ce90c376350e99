import { z } from "zod";

/** Events of a template after which its habits are trusted. */
const FAMILIAR_FROM = 10;
/** Templates seen last that are remembered in one service for certain, as many as detectors know of it, and at most twice as many:
 * the older half is forgotten at once. */
const TEMPLATES_MAX = 5_000;

/** The memory as JSON: template id and events seen, least recently seen first. */
export const familiarityState = z.array(z.tuple([z.string(), z.int().min(1)]));
export type FamiliarityState = z.infer<typeof familiarityState>;

/** How well the templates of one service are known. */
export interface Familiarity {
  /** From 0 for a template that was never seen to 1 for one that was seen ten times. @param isKnown to others; see wasKnown */
  of(templateId: string, isKnown?: boolean): number;
  learn(templateId: string, isKnown?: boolean): void;
  snapshot(): FamiliarityState;
}

/**
 * What came once or twice surprises every detector of habits wherever it comes next: a job of every ten minutes in a service
 * of a thousand records. No sample of the service's surprises shows how often that happens, so a stranger's are believed as
 * little as those of a service that nobody knows.
 *
 * @param wasKnown the service was known well before its templates were counted: one that was never counted, and is known
 *   to others all the same, is as familiar as it was then
 */
export function createFamiliarity(state: FamiliarityState = [], wasKnown = false): Familiarity {
  // Two generations: cheaper than an order that every event changes.
  let young = new Map<string, number>();
  let old: ReadonlyMap<string, number> = new Map(state.slice(-2 * TEMPLATES_MAX));
  const eventsOf = (templateId: string, isKnown = false): number =>
    young.get(templateId) ?? old.get(templateId) ?? (wasKnown && isKnown ? FAMILIAR_FROM : 0);
  return {
    of: (templateId, isKnown) => Math.min(FAMILIAR_FROM, eventsOf(templateId, isKnown)) / FAMILIAR_FROM,
    learn(templateId, isKnown) {
      const known = young.get(templateId);
      if (known === FAMILIAR_FROM) return;
      young.set(templateId, Math.min(FAMILIAR_FROM, eventsOf(templateId, isKnown) + 1));
      if (young.size < TEMPLATES_MAX) return;
      old = young;
      young = new Map();
    },
    snapshot: () => [...[...old].filter(([templateId]) => !young.has(templateId)), ...young],
  };
}
