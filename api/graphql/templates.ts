import type { TemplateSummary } from "../../store/store.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";

/** Query.templates and the fields of Template. */
export const templates = {
  Query: {
    templates: (
      _: unknown,
      { service, ...page }: PageArguments & { readonly service?: string | null },
      context: Context,
    ) =>
      paginate(page, context, {
        name: "template",
        key: /^\d{1,15}$/,
        keyOf: ({ sequence }: TemplateSummary) => String(sequence),
        read: ({ first, after }) =>
          context.store.templates(service ?? undefined, {
            first,
            after: after === undefined ? undefined : Number(after),
          }),
      }),
  },
  Template: {
    firstSeen: ({ firstSeenMs }: TemplateSummary) => firstSeenMs,
    lastSeen: ({ lastSeenMs }: TemplateSummary) => lastSeenMs,
  },
};
