import type { StoredAnomaly } from "../../store/anomaly.ts";
import { type Incident, type IncidentTemplate, isOngoing } from "../../store/incident.ts";
import { WHOLE_SILENCE_KINDS } from "../../store/kind.ts";
import { type FilterInput, toFilter } from "./anomalies.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { severityName } from "./severity.ts";
import { ULID } from "./ulid.ts";

interface TemplateOfIncident extends IncidentTemplate {
  readonly incidentId: string;
}

/** Query.incidents, Query.incident and the fields of Incident and IncidentTemplate. */
export const incidents = {
  Query: {
    async incidents(
      _: unknown,
      { filter, ...page }: PageArguments & { readonly filter?: FilterInput | null },
      context: Context,
    ) {
      const wanted = toFilter(filter ?? {});
      return paginate(page, context, {
        name: "incident",
        key: ULID,
        keyOf: ({ id }: Incident) => id,
        read: (one) => context.store.incidents(wanted, one),
      });
    },
    incident: async (_: unknown, { id }: { readonly id: string }, { incidentOf }: Context) =>
      (await incidentOf.load(id)) ?? null,
  },
  Incident: {
    startedAt: ({ startedAtMs }: Incident) => startedAtMs,
    lastAt: ({ lastAtMs }: Incident) => lastAtMs,
    isOngoing: (incident: Incident, _: unknown, { now }: Context) => isOngoing(incident, now()),
    severity: ({ severityNumber }: Incident) => severityName(severityNumber),
    templates: ({ id, templates }: Incident) =>
      [...templates]
        .sort((a, b) => b.maxScore - a.maxScore)
        .map((one): TemplateOfIncident => ({ ...one, incidentId: id })),
    strongest: (incident: Incident, _: unknown, context: Context) => strongestOf(incident, context),
    feedback: ({ id }: Incident, _: unknown, { incidentFeedbackOf }: Context) => incidentFeedbackOf.load(id),
  },
  IncidentTemplate: {
    feedback: async (
      { incidentId, templateId }: TemplateOfIncident,
      _: unknown,
      { incidentFeedbackOf }: Context,
    ) => {
      const said = await incidentFeedbackOf.load(incidentId);
      // That everything fell silent has the last message's template by chance.
      const isOfTemplate = (kind = "") => !WHOLE_SILENCE_KINDS.includes(kind);
      return said.findLast((one) => one.templateId === templateId && isOfTemplate(one.kind)) ?? null;
    },
  },
};

/**
 * The anomaly with the highest score. One that has expired since the incident was read, as with one that waited for a slow
 * subscriber, is not it any more: then the incident is read again.
 *
 * @throws an UNAVAILABLE error when the incident itself has expired meanwhile
 */
export async function strongestOf(
  { id, strongestId }: Incident,
  { anomalyOf, incidentOf }: Pick<Context, "anomalyOf" | "incidentOf">,
): Promise<StoredAnomaly> {
  const strongest = await anomalyOf.load(strongestId);
  if (strongest !== undefined) return strongest;
  const reread = await incidentOf.clear(id).load(id);
  const another = reread === undefined ? undefined : await anomalyOf.load(reread.strongestId);
  if (another !== undefined) return another;
  throw userError("UNAVAILABLE", "The incident has expired while it was read.", "Ask again.");
}
