import { LRUCache } from "lru-cache";
import { z } from "zod";

/** Past these observations they fade: what is usual may change. */
const OBSERVATIONS_MAX = 1_000;
/** How many observations the service's mean is worth for a template that was hardly seen. */
const PRIOR_OBSERVATIONS = 5;

interface Mean {
  observations: number;
  sum: number;
}

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
  const all: Mean = { observations: state?.observations ?? 0, sum: state?.sum ?? 0 };
  const templates = new LRUCache<string, Mean>({ max: templatesMax });
  for (const [id, observations, sum] of state?.templates ?? []) templates.set(id, { observations, sum });
  const overall = () => (all.observations === 0 ? 0 : all.sum / all.observations);

  return {
    of(templateId) {
      const { observations, sum } = templates.peek(templateId) ?? { observations: 0, sum: 0 };
      return (sum + PRIOR_OBSERVATIONS * overall()) / (observations + PRIOR_OBSERVATIONS);
    },
    learn(templateId, surprise) {
      const own = templates.get(templateId) ?? { observations: 0, sum: 0 };
      templates.set(templateId, own);
      for (const mean of [own, all]) add(mean, surprise);
    },
    snapshot: () => ({
      ...all,
      templates: [...templates.entries()]
        .reverse()
        .map(([id, { observations, sum }]) => [id, observations, sum]),
    }),
  };
}

function add(mean: Mean, surprise: number): void {
  mean.observations += 1;
  mean.sum += surprise;
  if (mean.observations < OBSERVATIONS_MAX) return;
  mean.observations /= 2;
  mean.sum /= 2;
}
