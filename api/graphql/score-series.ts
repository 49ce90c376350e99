import type { Context } from "./context.ts";
import { readSeries, requireSeries } from "./read-series.ts";
import { createSeries } from "./series.ts";

const BUCKETS_DEFAULT = 60;

interface SeriesArguments {
  readonly service?: string | null;
  readonly from: number;
  readonly to: number;
  readonly buckets?: number | null;
}

/** Query.scoreSeries: the stored scores, added up. */
export const scoreSeries = {
  Query: {
    async scoreSeries(_: unknown, { service, from, to, buckets }: SeriesArguments, context: Context) {
      const span = { fromMs: from, toMs: to, buckets: buckets ?? BUCKETS_DEFAULT };
      const services = service === null || service === undefined ? undefined : [service];
      requireSeries(context.rows, span);
      const series = createSeries(from, to, span.buckets);
      for await (const slice of readSeries(context.store, services, span)) series.add(slice);
      return series.buckets();
    },
  },
};
