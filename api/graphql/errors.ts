import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { StoreError } from "../../store/store.ts";

/** Public codes of errors, in `extensions.code`; Apollo adds its own for what is no valid GraphQL request. */
export type ErrorCode =
  | "BAD_USER_INPUT"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "RATE_LIMITED"
  | "UNAVAILABLE"
  | "INTERNAL";

/** Longer messages are cut: graphql-js quotes what it was sent. */
const MESSAGE_CHARACTERS_MAX = 400;
/** What graphql-js puts before names of fields, arguments or values that it thinks were meant. */
const SUGGESTION = " Did you mean ";

/** An error that a caller can understand and act on. */
export function userError(code: ErrorCode, message: string, remedy: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, remedy } });
}

/**
 * The one place that decides what a caller is told: mistakes of the caller in full, faults of the database by their remedy,
 * our own mistakes by nothing but that they happened.
 * @param onHidden told the cause that the caller is not told
 * @param showsSchema whether the caller may be told names that they did not ask for
 */
export function toPublic(
  error: unknown,
  onHidden: (cause: unknown) => void,
  showsSchema: boolean,
): GraphQLFormattedError {
  const graphql = error instanceof GraphQLError ? error : undefined;
  const place = graphql === undefined ? {} : placeOf(graphql);
  if (graphql !== undefined && isOfCaller(graphql)) return { ...place, ...tellInFull(graphql, showsSchema) };
  const cause = graphql?.originalError ?? error;
  onHidden(cause);
  return { ...place, ...(cause instanceof StoreError ? tellRemedy(cause) : tellNothing()) };
}

/** graphql-js names a path once it runs resolvers: from there on an error without one of our codes is our mistake. */
function isOfCaller({ originalError, extensions, path }: GraphQLError): boolean {
  const isPlain =
    originalError === undefined || originalError === null || originalError instanceof GraphQLError;
  return isPlain && (typeof extensions["code"] === "string" || path === undefined);
}

function placeOf({ locations, path }: GraphQLError): Pick<GraphQLFormattedError, "locations" | "path"> {
  return {
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
  };
}

function tellInFull(
  { message: text, extensions }: GraphQLError,
  showsSchema: boolean,
): GraphQLFormattedError {
  const message = showsSchema ? text : (text.split(SUGGESTION, 1)[0] ?? "");
  const { code, remedy } = extensions;
  return {
    message:
      message.length > MESSAGE_CHARACTERS_MAX ? `${message.slice(0, MESSAGE_CHARACTERS_MAX)}…` : message,
    extensions: {
      code: typeof code === "string" ? code : ("BAD_USER_INPUT" satisfies ErrorCode),
      ...(typeof remedy === "string" ? { remedy } : {}),
    },
  };
}

function tellRemedy({ code, remedy }: StoreError): GraphQLFormattedError {
  const sentence = remedy.charAt(0).toUpperCase() + remedy.slice(1);
  return {
    message: `The database cannot be used now (${code}).`,
    extensions: { code: "UNAVAILABLE" satisfies ErrorCode, remedy: `${sentence}; then try again.` },
  };
}

function tellNothing(): GraphQLFormattedError {
  return {
    message: "Something went wrong in logbert.",
    extensions: { code: "INTERNAL" satisfies ErrorCode, remedy: "The stage's log names the cause." },
  };
}
