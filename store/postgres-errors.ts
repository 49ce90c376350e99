import { ADDRESS_EXPLANATIONS, type Explanations } from "./postgres-address-errors.ts";
import { shownAddress } from "./shown-database.ts";
import { StoreError } from "./store.ts";

/** What the driver says without a code, by what stands in the place of one below. */
const UNCODED: readonly (readonly [said: RegExp, mark: string])[] = [
  [/^timeout exceeded when trying to connect/, "#pool"],
  [/does not support SSL/, "#no-tls"],
  [/client password must be/, "#no-password"],
  // A connection cannot be had, or is gone.
  [/timeout|terminated|connection|ended|closed|SSL/i, "ECONNRESET"],
];
/** A file that the address names cannot be read. */
const FILE = "#file";

/** Codes of Node's sockets, and PostgreSQL's by their beginnings (postgresql.org/docs/current/errcodes-appendix.html). */
const EXPLANATIONS: Explanations = [
  ...ADDRESS_EXPLANATIONS,
  [
    /^(42501|3F000)/,
    {
      kind: "unreachable",
      message: "does not let its user make or write tables",
      remedy:
        "grant the user CONNECT on the database and CREATE on its schema, or make it the owner of the database",
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
    /^#pool/,
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
    /^(08|57P|25P0[34]|E[A-Z]+$|UND_)/,
    {
      kind: "unreachable",
      message: "cannot be reached for writing",
      remedy: "start its server, or check host, port and TLS in DATABASE_URL",
    },
  ],
];

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
  const shown = code === FILE ? fileOf(cause) : code;
  const told = shown === "" || shown.startsWith("#") || kind === "other" ? message : `${message} (${shown})`;
  return new StoreError(kind, `the database ${shownAddress(url)} ${told}`, remedy, { cause });
}

/** The code of an error; of several tries to connect, to one address each, the first one's. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "";
  if (fileOf(error) !== "") return FILE;
  if ("code" in error && typeof error.code === "string") return error.code;
  return UNCODED.find(([said]) => said.test(error.message))?.[1] ?? "";
}

/** Of a file that could not be read its path and why; else empty. */
function fileOf(error: unknown): string {
  if (!(error instanceof Error && "syscall" in error && "path" in error && "code" in error)) return "";
  return error.syscall === "open" || error.syscall === "read" ? `${error.path}: ${error.code}` : "";
}
