import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLFormattedError, GraphQLSchema, ValidationRule } from "graphql";
import { PARSE_OPTIONS } from "./access/query-limits.ts";
import { refusalOf } from "./access/refusal-of.ts";
import type { Context } from "./graphql/context.ts";

/** What Apollo Server is built from. */
export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly rules: readonly ValidationRule[];
  readonly introspection: boolean;
  readonly format: (error: unknown) => GraphQLFormattedError;
}

/** Apollo Server, which answers one request after another and talks to nobody else. */
export function createApollo({ schema, rules, introspection, format }: ApolloOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    validationRules: [...rules],
    parseOptions: PARSE_OPTIONS,
    introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (_, error) => format(error),
    plugins: [
      roles,
      // Its page loads programs from Apollo's servers.
      ApolloServerPluginLandingPageDisabled(),
      // An APOLLO_KEY in the environment would switch these on.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
    ],
  });
}

const roles: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async didResolveOperation({ operation, contextValue }) {
      const refusal = refusalOf(operation, contextValue.principal);
      if (refusal !== undefined) throw refusal;
    },
  }),
};
