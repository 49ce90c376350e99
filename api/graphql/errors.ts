import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { StoreError } from "../../store/store.ts";

/** Public codes of errors, in `extensions.code`. */
export type ErrorCode =
  | "BAD_USER_INPUT"
  | "NOT_FOUND"
  | "NOT_AVAILABLE"
  | "UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

/** An error that a caller can understand and act on. */
export function userError(code: ErrorCode, message: string, remedy: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, remedy } });
}

/** What a caller is told: faults of the database by their remedy, our own mistakes by nothing but that they happened. */
export function toPublic(error: GraphQLError, onHidden: (cause: unknown) => void): GraphQLFormattedError {
  const cause = error.originalError;
  const place = {
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
  };
  if (cause === undefined || cause === null || cause instanceof GraphQLError) {
    const { code, remedy } = error.extensions;
    const extensions = {
      code: typeof code === "string" ? code : "BAD_USER_INPUT",
      ...(typeof remedy === "string" ? { remedy } : {}),
    };
    return { message: error.message, ...place, extensions };
  }
  onHidden(cause);
  if (cause instanceof StoreError) {
    const code: ErrorCode = "UNAVAILABLE";
    return {
      message: `The database cannot be used now (${cause.code}).`,
      ...place,
      extensions: { code, remedy: `${capitalised(cause.remedy)}; then try again.` },
    };
  }
  const code: ErrorCode = "INTERNAL_SERVER_ERROR";
  return {
    message: "Something went wrong in logbert.",
    ...place,
    extensions: { code, remedy: "The stage's log names the cause." },
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
