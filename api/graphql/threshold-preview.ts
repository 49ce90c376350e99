import { preview, spanMsOf } from "../thresholds/preview.ts";
import type { Context } from "./context.ts";
import { requireScore, requireService } from "./requirements.ts";
import { requireSpan } from "./span.ts";

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 7;
const MISSED_MAX = 50;

interface SpanArguments {
  readonly service: string;
  readonly from?: number | null;
  readonly to?: number | null;
}

/** Query.thresholdPreview and Query.scoreDistribution. */
export const thresholdPreview = {
  Query: {
    async thresholdPreview(
      _: unknown,
      { value, ...span }: SpanArguments & { readonly value: number },
      context: Context,
    ) {
      const { store } = context;
      requireScore("value", value);
      const [scores, labels] = await readScores(span, context);
      const { missedIds, ...figures } = preview(value, scores, labels);
      return {
        ...figures,
        missed: async () => {
          const wanted = missedIds.slice(0, MISSED_MAX);
          const found = new Map((await store.anomaliesById(wanted)).map((one) => [one.id, one]));
          return wanted.flatMap((id) => found.get(id) ?? []);
        },
      };
    },
    async scoreDistribution(_: unknown, span: SpanArguments, context: Context) {
      const [scores, labels] = await readScores(span, context);
      return {
        counts: scores.counts,
        records: scores.counts.reduce((sum, count) => sum + count, 0),
        days: spanMsOf(scores) / DAY_MS,
        labels,
      };
    },
  },
};

async function readScores({ service, from, to }: SpanArguments, context: Context) {
  const toMs = to ?? context.now();
  const fromMs = from ?? toMs - DAYS_DEFAULT * DAY_MS;
  requireSpan(fromMs, toMs);
  await requireService(service, context);
  const span = { service, fromMs, toMs };
  return Promise.all([context.scoresOf.load(span), context.labelsOf.load(span)]);
}
