import type { AnomalyFilter, Explanation, StoredAnomaly, WindowEvent } from "../../store/anomaly.ts";
import type { Feedback } from "../../store/feedback.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { requireScore } from "./requirements.ts";
import { severityName } from "./severity.ts";
import { ULID } from "./ulid.ts";

/** A filter as the schema has it. */
export interface FilterInput {
  readonly service?: string | null;
  readonly from?: number | null;
  readonly to?: number | null;
  readonly minScore?: number | null;
  readonly maxScore?: number | null;
  readonly verdict?: "UNLABELLED" | "CONFIRMED" | "EXPECTED" | null;
  readonly isTrueAnomaly?: boolean | null;
  readonly templateId?: string | null;
  readonly traceId?: string | null;
  readonly text?: string | null;
  readonly incidentId?: string | null;
}

interface FeedbackArguments {
  readonly includeUndone?: boolean | null;
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
        key: ULID,
        keyOf: ({ id }: StoredAnomaly) => id,
        read: (one) => store.anomalies(wanted, one),
      });
      return { ...connection, totalCount: () => store.countAnomalies(wanted) };
    },
    anomaly: async (_: unknown, { id }: { readonly id: string }, { store }: Context) =>
      (await store.anomaly(id)) ?? null,
  },
  Anomaly: {
    time: ({ timeMs }: StoredAnomaly) => timeMs,
    severity: ({ severityText, severityNumber }: StoredAnomaly) =>
      severityText || severityName(severityNumber),
    traceId: ({ traceId }: StoredAnomaly) => traceId ?? null,
    incident: async ({ incidentId }: StoredAnomaly, _: unknown, { incidentOf }: Context) =>
      incidentId === undefined ? null : ((await incidentOf.load(incidentId)) ?? null),
    feedback: ({ id }: StoredAnomaly, { includeUndone }: FeedbackArguments, context: Context) =>
      includeUndone === true ? latestFeedback(id, context) : context.feedbackOf.load(id),
  },
  Explanation: {
    facts: ({ facts }: Explanation) => facts ?? [],
  },
  WindowEvent: {
    time: ({ timeMs }: WindowEvent) => timeMs,
    severity: ({ severityNumber }: WindowEvent) => severityName(severityNumber),
  },
};

/** What is said and taken back may be so without end. */
const FEEDBACK_WITH_UNDONE_MAX = 200;

async function latestFeedback(id: string, { allFeedbackOf }: Context): Promise<readonly Feedback[]> {
  return (await allFeedbackOf.load(id)).slice(-FEEDBACK_WITH_UNDONE_MAX);
}

/** SQLite compares no longer patterns, and the time of a comparison grows with it. */
const TEXT_CHARACTERS_MAX = 1_000;

/** @throws a BAD_USER_INPUT error for a score out of range, too long a text, and for isTrueAnomaly and verdict that contradict each other */
export function toFilter(input: FilterInput): AnomalyFilter {
  if (typeof input.minScore === "number") requireScore("filter.minScore", input.minScore);
  if (typeof input.maxScore === "number") requireScore("filter.maxScore", input.maxScore);
  if ((input.text?.length ?? 0) > TEXT_CHARACTERS_MAX)
    throw userError(
      "BAD_USER_INPUT",
      `filter.text: longer than ${TEXT_CHARACTERS_MAX} characters`,
      "Look for a shorter part of the body.",
    );
  return {
    service: input.service ?? undefined,
    fromMs: input.from ?? undefined,
    toMs: input.to ?? undefined,
    minScore: input.minScore ?? undefined,
    maxScore: input.maxScore ?? undefined,
    verdict: toVerdict(input),
    templateId: input.templateId ?? undefined,
    traceId: input.traceId ?? undefined,
    text: input.text ?? undefined,
    incidentId: input.incidentId ?? undefined,
  };
}

const VERDICTS = { UNLABELLED: "unlabelled", CONFIRMED: "confirmed", EXPECTED: "expected" } as const;

function toVerdict({ verdict, isTrueAnomaly }: FilterInput): AnomalyFilter["verdict"] {
  const named = verdict === null || verdict === undefined ? undefined : VERDICTS[verdict];
  if (isTrueAnomaly === null || isTrueAnomaly === undefined) return named;
  const told = isTrueAnomaly ? "confirmed" : "expected";
  if (named === undefined || named === told) return told;
  throw userError(
    "BAD_USER_INPUT",
    "filter: isTrueAnomaly and verdict ask for different anomalies",
    "Leave one of them out.",
  );
}
