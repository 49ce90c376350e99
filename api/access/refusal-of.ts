import { GraphQLError, type OperationDefinitionNode } from "graphql";
import { userError } from "../graphql/errors.ts";
import type { Principal } from "./principal.ts";

/**
 * The one place that decides what a role allows: by the operation's type, before any resolver runs, over both transports.
 * @returns why the operation is refused; undefined when it may run
 */
export function refusalOf(
  operation: OperationDefinitionNode | null | undefined,
  { name, role }: Principal,
): GraphQLError | undefined {
  if (role === "write" || operation?.operation !== "mutation") return undefined;
  const { message, extensions } = userError(
    "FORBIDDEN",
    `The token ${name} may ask, not change anything.`,
    "Use a token with role: write (api.tokens).",
  );
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: 403 } } });
}
