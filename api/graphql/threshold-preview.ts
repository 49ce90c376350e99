import { preview } from "../thresholds/preview.ts";
import type { Context } from "./context.ts";
import { requireScore, requireService } from "./requirements.ts";
import { requireSpan } from "./score-slices.ts";

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 7;
const MISSED_MAX = 50;

interface PreviewArguments {
  readonly service: string;
  readonly value: number;
  readonly from?: number | null;
  readonly to?: number | null;
}

/** Query.thresholdPreview. */
export const thresholdPreview = {
  Query: {
    async thresholdPreview(_: unknown, { service, value, from, to }: PreviewArguments, context: Context) {
      const { store, now, scoresOf, labelsOf } = context;
      requireScore("value", value);
      const toMs = to ?? now();
      const fromMs = from ?? toMs - DAYS_DEFAULT * DAY_MS;
      requireSpan(fromMs, toMs);
      await requireService(service, context);
      const span = { service, fromMs, toMs };
      const [scores, labels] = await Promise.all([scoresOf.load(span), labelsOf.load(span)]);
      const { missedIds, ...figures } = preview(value, scores, labels);
      return {
        ...figures,
        missed: async () => {
          const missed = await Promise.all(missedIds.slice(0, MISSED_MAX).map((id) => store.anomaly(id)));
          return missed.filter((anomaly) => anomaly !== undefined);
        },
      };
    },
  },
};
