import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, type ValidationRule } from "graphql";
import { PARSE_OPTIONS } from "./access/query-limits.ts";
import { refusalOf } from "./access/refusal-of.ts";
import type { Context } from "./graphql/context.ts";

/** What Apollo Server is built from. */
export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly rules: readonly ValidationRule[];
  readonly format: (error: unknown) => GraphQLFormattedError;
}

/** Apollo Server, which answers one request after another and talks to nobody else. */
export function createApollo({ schema, rules, format }: ApolloOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    validationRules: [...rules],
    parseOptions: PARSE_OPTIONS,
    // Whether the schema may be asked for is among the rules, which hold over WebSocket too.
    introspection: true,
    // A program that saves bytes by it would need a store that is shared over restarts; without one it fails now and then.
    persistedQueries: false,
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

/** What may be asked over HTTP, and by whom. */
const roles: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async didResolveOperation({ operation, contextValue }) {
      if (operation?.operation === "subscription") throw overWebSocketOnly();
      const refusal = refusalOf(operation, contextValue.principal);
      if (refusal !== undefined) throw refusal;
    },
  }),
};

function overWebSocketOnly(): GraphQLError {
  return new GraphQLError("A subscription is not answered over HTTP.", {
    extensions: {
      code: "BAD_REQUEST",
      remedy: "Use WebSocket at the same address, with the protocol graphql-transport-ws.",
      http: { status: 400 },
    },
  });
}
