import { hostname } from "node:os";
import { z } from "zod";

/** Characters of an instance's name at most: more than a host name of Linux has. */
const INSTANCE_CHARACTERS_MAX = 128;

/** Where everything that outlives a restart is kept. */
export const storeConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .default("./logbert-data/logbert.db")
    .describe(
      "SQLite database file; its directory is created, and is for this stage alone. Beside it are kept what trainings learn from and their weights; where the database is PostgreSQL, what of them is this stage's own. Environment: DB_PATH.",
    ),
  url: z
    .string()
    .refine((url) => url === "" || isPostgresUrl(url), {
      error:
        'must be empty, or name a PostgreSQL database as in "postgres://user:password@host:5432/logbert", with %40 for "@" in a password, %2F for "/", %23 for "#" and %3F for "?"',
    })
    .default("")
    .describe(
      'PostgreSQL (15 or later) in the place of SQLite: "postgres://user:password@host:5432/logbert"; `?sslmode=verify-full&sslrootcert=FILE` for TLS. Empty: SQLite. Environment: DATABASE_URL.',
    ),
  max_connections: z
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe("PostgreSQL: connections at most of each process (a stage has two, with its API)."),
  statement_timeout_ms: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(30_000)
    .describe("PostgreSQL: milliseconds after which a statement is given up."),
  instance: z
    .string()
    .max(INSTANCE_CHARACTERS_MAX)
    .regex(/^([A-Za-z0-9][A-Za-z0-9._-]*)?$/, {
      error:
        'must be empty, or a name of letters, digits, ".", "_" and "-" that begins with a letter or a digit',
    })
    .default("")
    .describe(
      "PostgreSQL: the name of this stage among those that share the database; each needs its own, and keeps it over restarts. Empty: the host's name. With SQLite there is one stage, and it needs none. Environment: LOGBERT_INSTANCE.",
    ),
});
export type StoreConfig = z.infer<typeof storeConfig>;
/** As it is written: what is left out is as by default. */
export type StoreSettings = z.input<typeof storeConfig>;

/** The stage of a database that only one stage uses. */
const ONLY_INSTANCE = "logbert";

/**
 * The name of the stage among those that share its database.
 *
 * Example: on the host "logbert-0", with PostgreSQL and nothing configured: "logbert-0"; with SQLite always "logbert".
 */
export function instanceOf({ url, instance }: Pick<StoreConfig, "url" | "instance">): string {
  if (url === "") return ONLY_INSTANCE;
  if (instance !== "") return instance;
  const fromHost = hostname()
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, INSTANCE_CHARACTERS_MAX);
  return fromHost || ONLY_INSTANCE;
}

/** What is behind the host must not be the rest of a password, since it is shown. */
function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash } = new URL(text);
  const behind = pathname + search;
  return ["postgres:", "postgresql:"].includes(protocol) && !behind.includes("@") && hash === "";
}
