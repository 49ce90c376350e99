import { ApolloArmor } from "@escape.tech/graphql-armor";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from "graphql";
import type { ApiConfig } from "../config.ts";

/** A document with more tokens is not even parsed. */
export const PARSE_OPTIONS = { maxTokens: 2_000 };

/** Depth, cost, aliases and directives of one operation are bounded, over both transports. */
export function queryLimits({
  max_query_depth,
  max_query_cost,
}: Pick<ApiConfig, "max_query_depth" | "max_query_cost">): readonly ValidationRule[] {
  const armor = new ApolloArmor({ maxDepth: { n: max_query_depth }, costLimit: { maxCost: max_query_cost } });
  return armor.protect().validationRules;
}

/** The document of a query text, or what is wrong with it, with the codes that Apollo gives over HTTP. */
export function readDocument(
  source: string,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
): DocumentNode | readonly GraphQLError[] {
  let code = "GRAPHQL_PARSE_FAILED";
  try {
    const document = parse(source, PARSE_OPTIONS);
    code = "GRAPHQL_VALIDATION_FAILED";
    const errors = validate(schema, document, [...specifiedRules, ...rules]);
    return errors.length === 0 ? document : errors.map((error) => withCode(error, code));
  } catch (error) {
    // A broken limit throws instead of being reported.
    if (error instanceof GraphQLError) return [withCode(error, code)];
    throw error;
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    source: error.source,
    positions: error.positions,
    extensions: { ...error.extensions, code },
  });
}
