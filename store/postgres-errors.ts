import { shownAddress } from "./shown-database.ts";
import { StoreError } from "./store.ts";

/** What is the matter, in a person's words, and what to do about it. */
interface Explanation {
  readonly kind: StoreError["code"];
  readonly message: string;
  readonly remedy: string;
}

/** In the place of a code, where all connections of the pool are in use. */
const BUSY = "POOL";

/** Codes of Node's sockets, and PostgreSQL's by their beginnings (postgresql.org/docs/current/errcodes-appendix.html). */
const EXPLANATIONS: readonly (readonly [codes: RegExp, Explanation])[] = [
  [
    /^28/,
    {
      kind: "unreachable",
      message: "does not let logbert in",
      remedy: "check user, password and TLS in DATABASE_URL",
    },
  ],
  [
    /^3D000/,
    {
      kind: "unreachable",
      message: "does not exist on its server",
      remedy: "make it (createdb), or name another one in DATABASE_URL",
    },
  ],
  [
    /^(42501|3F000)/,
    {
      kind: "unreachable",
      message: "does not let its user make or write tables",
      remedy: "grant the user CREATE on the schema, or make it the owner of the database",
    },
  ],
  [
    /^(42703|42P01|42P10)/,
    {
      kind: "newer-schema",
      message: "has other tables than this version of logbert knows",
      remedy: "run the newer logbert that has brought them up to date: this one stores nothing any more",
    },
  ],
  [
    /^53[12]00/,
    { kind: "full", message: "has no room left", remedy: "make room, or shorten remember.retention_days" },
  ],
  [
    /^53300/,
    {
      kind: "unreachable",
      message: "has no connection left",
      remedy: "raise max_connections of the server, or lower store.max_connections",
    },
  ],
  [
    /^(55P03|57014|40P01|40001)/,
    {
      kind: "locked",
      message: "did not get to a statement in time",
      remedy: "see who holds its locks (pg_stat_activity), or raise store.statement_timeout_ms",
    },
  ],
  [
    /^25006/,
    {
      kind: "unreachable",
      message: "takes no writes",
      remedy: "name a server in DATABASE_URL that is no standby, or let its user write",
    },
  ],
  [
    new RegExp(BUSY),
    {
      kind: "locked",
      message: "had no connection free in time",
      remedy: "raise store.max_connections, or see what its statements wait for (pg_stat_activity)",
    },
  ],
  [
    /^08P01/,
    {
      kind: "unreachable",
      message: "is behind a pooler that refuses time limits",
      remedy: "have it ignore them, as in docs/postgres.md, or connect to the server itself",
    },
  ],
  [
    /^(08|57P|25P0[34]|E[A-Z]+$|UND_|CERT|DEPTH_|SELF_SIGNED|UNABLE_TO)/,
    {
      kind: "unreachable",
      message: "cannot be reached for writing",
      remedy: "start its server, or check host, port and TLS in DATABASE_URL",
    },
  ],
];

/** What the pool says when a connection was waited for in vain. */
const POOL_BUSY = "timeout exceeded when trying to connect";
/** What the driver says without a code when a connection cannot be had, or is gone. */
const GONE = /timeout|terminated|connection|ended|closed|SSL/i;

/**
 * An error of the driver as a {@link StoreError}. Its text names the database by host and name, never by user or password; the driver's
 * own text is its cause.
 */
export function explainPostgres(url: string, cause: unknown): StoreError {
  const code = codeOf(cause);
  const { kind, message, remedy } = EXPLANATIONS.find(([codes]) => codes.test(code))?.[1] ?? {
    kind: "other",
    message: `failed (${code === "" ? "no code" : code})`,
    remedy: "see the log for the cause, and report it",
  };
  const told =
    code === "" || code === BUSY || message.startsWith("failed") ? message : `${message} (${code})`;
  return new StoreError(kind, `the database ${shownAddress(url)} ${told}`, remedy, { cause });
}

/** The code of an error; of several tries to connect, to one address each, the first one's. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.message === POOL_BUSY) return BUSY;
  return GONE.test(error.message) ? "ECONNRESET" : "";
}
