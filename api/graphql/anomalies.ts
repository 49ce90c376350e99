import type { Anomaly, AnomalyFilter, WindowEvent } from "../../store/store.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";
import { severityName } from "./severity.ts";

interface FilterInput {
  readonly service?: string | null;
  readonly from?: number | null;
  readonly to?: number | null;
  readonly minScore?: number | null;
  readonly isTrueAnomaly?: boolean | null;
  readonly templateId?: string | null;
  readonly traceId?: string | null;
  readonly text?: string | null;
}

/** Query.anomalies, Query.anomaly and the fields of Anomaly. */
export const anomalies = {
  Query: {
    async anomalies(
      _: unknown,
      { filter, ...page }: PageArguments & { readonly filter?: FilterInput | null },
      context: Context,
    ) {
      const { store } = context;
      const wanted = toFilter(filter ?? {});
      const connection = await paginate(page, context, {
        name: "anomaly",
        key: /^[0-9A-HJKMNP-TV-Z]{26}$/, // ULID
        keyOf: ({ id }: Anomaly) => id,
        read: (one) => store.anomalies(wanted, one),
      });
      return { ...connection, totalCount: () => store.countAnomalies(wanted) };
    },
    anomaly: async (_: unknown, { id }: { readonly id: string }, { store }: Context) =>
      (await store.anomaly(id)) ?? null,
  },
  Anomaly: {
    time: ({ timeMs }: Anomaly) => timeMs,
    severity: ({ severityText, severityNumber }: Anomaly) => severityText || severityName(severityNumber),
    traceId: ({ traceId }: Anomaly) => traceId ?? null,
    feedback: ({ id }: Anomaly, _: unknown, { feedbackOf }: Context) => feedbackOf.load(id),
  },
  WindowEvent: {
    time: ({ timeMs }: WindowEvent) => timeMs,
    severity: ({ severityNumber }: WindowEvent) => severityName(severityNumber),
  },
};

function toFilter(input: FilterInput): AnomalyFilter {
  return {
    service: input.service ?? undefined,
    fromMs: input.from ?? undefined,
    toMs: input.to ?? undefined,
    minScore: input.minScore ?? undefined,
    isTrueAnomaly: input.isTrueAnomaly ?? undefined,
    templateId: input.templateId ?? undefined,
    traceId: input.traceId ?? undefined,
    text: input.text ?? undefined,
  };
}
