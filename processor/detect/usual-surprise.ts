import { LRUCache } from "lru-cache";
import { z } from "zod";
import { addValue, emptyMean, type FadedMean, meanNear, meanOrZero } from "./faded-mean.ts";

/** What is usual in one service, as JSON: the mean over all, then [template id, observations, sum of surprises]. */
export const usualSurpriseState = z.strictObject({
  observations: z.number().min(0),
  sum: z.number().min(0),
  templates: z.array(z.tuple([z.string(), z.number().min(0), z.number().min(0)])),
});
export type UsualSurpriseState = z.infer<typeof usualSurpriseState>;

/** How surprising each template of one service is on average: some texts are strange to a model wherever they stand. */
export interface UsualSurprise {
  /** Of a template that is hardly known, mostly the mean over the service; 0 before anything was learned. */
  of(templateId: string): number;
  learn(templateId: string, surprise: number): void;
  snapshot(): UsualSurpriseState;
}

/** @param templatesMax templates remembered; over it the least recently used one is forgotten */
export function createUsualSurprise(templatesMax: number, state?: UsualSurpriseState): UsualSurprise {
  const all: FadedMean = { observations: state?.observations ?? 0, sum: state?.sum ?? 0 };
  // By size: room for `max` entries would be set aside in every service at once.
  const templates = new LRUCache<string, FadedMean>({ maxSize: templatesMax, sizeCalculation: () => 1 });
  for (const [id, observations, sum] of state?.templates ?? []) templates.set(id, { observations, sum });

  return {
    of: (templateId) => meanNear(templates.peek(templateId) ?? emptyMean(), meanOrZero(all)),
    learn(templateId, surprise) {
      const own = templates.get(templateId) ?? emptyMean();
      templates.set(templateId, own);
      for (const mean of [own, all]) addValue(mean, surprise);
    },
    snapshot: () => ({
      ...all,
      templates: [...templates.entries()]
        .reverse()
        .map(([id, { observations, sum }]) => [id, observations, sum]),
    }),
  };
}
