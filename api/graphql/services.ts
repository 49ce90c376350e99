import type { ServiceSummary } from "../../store/store.ts";
import type { Context } from "./context.ts";
import { requireSeries } from "./read-series.ts";
import { thresholdOrDefault } from "./thresholds.ts";

const BUCKETS_DEFAULT = 24;

interface SeriesArguments {
  readonly from: number;
  readonly to: number;
  readonly buckets?: number | null;
}

/** Query.services and the fields of Service. */
export const services = {
  Query: {
    services: (_: unknown, __: unknown, { store }: Context) => store.services(),
  },
  Service: {
    learningState: ({ learningState }: ServiceSummary) => learningState.toUpperCase(),
    lastSeen: ({ lastSeenMs }: ServiceSummary) => lastSeenMs,
    threshold: async ({ name }: ServiceSummary, _: unknown, { thresholdOf, now }: Context) =>
      thresholdOrDefault(name, await thresholdOf.load(name), now()),
    scores: (
      { name }: ServiceSummary,
      { from, to, buckets }: SeriesArguments,
      { seriesOf, rows }: Context,
    ) => {
      const span = { fromMs: from, toMs: to, buckets: buckets ?? BUCKETS_DEFAULT };
      requireSeries(rows, span);
      return seriesOf.load({ service: name, ...span });
    },
  },
};
