import type { Deployment, NewTemplate } from "../../store/deployment.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { severityName } from "./severity.ts";

/** Query.deployments and the fields of Deployment and NewMessage. */
export const deployments = {
  Query: {
    deployments: (
      _: unknown,
      {
        service,
        withNews,
        ...page
      }: PageArguments & { readonly service?: string | null; readonly withNews?: boolean | null },
      context: Context,
    ) =>
      paginate(page, context, {
        name: "deployment",
        key: /^\d{1,15}$/,
        keyOf: ({ sequence }: Deployment) => String(sequence),
        read: ({ first, after }) =>
          context.store.deployments(
            { service: service ?? undefined, withNews: withNews ?? false },
            { first, after: after === undefined ? undefined : Number(after) },
          ),
      }),
  },
  Deployment: {
    id: ({ sequence }: Deployment) => String(sequence),
    previousVersion: ({ previous }: Deployment) => previous.version,
    previousDeployment: ({ previous }: Deployment) => previous.deployment,
    startedAt: ({ startedAtMs }: Deployment) => startedAtMs,
    learnsUntil: ({ untilMs }: Deployment) => untilMs,
    newMessageCount: ({ newTemplateCount }: Deployment) => newTemplateCount,
    newMessages({ sequence }: Deployment, { first }: { readonly first: number }, context: Context) {
      const { max_page_size: most } = context.config;
      if (first < 1 || first > most)
        throw userError(
          "BAD_USER_INPUT",
          `newMessages: first: ${first} is not between 1 and ${most}`,
          "Ask for another number.",
        );
      context.rows.take(first);
      return context.store.newTemplates(sequence, first);
    },
  },
  NewMessage: {
    template: ({ text }: NewTemplate) => text,
    severity: ({ severityNumber }: NewTemplate) => severityName(severityNumber),
    firstSeen: ({ firstSeenMs }: NewTemplate) => firstSeenMs,
    example: async ({ exampleId }: NewTemplate, _: unknown, { anomalyOf, store }: Context) => {
      if (exampleId === undefined) return null;
      // Another stage may have stored it before, under its own id.
      return (await anomalyOf.load(exampleId)) ?? (await store.anomaly(exampleId)) ?? null;
    },
  },
};
