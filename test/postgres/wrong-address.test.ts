import { chmodSync, chownSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { fixture } from "../security/tls-files.ts";
import { failureOf } from "../store-contract/failure-of.ts";
import { type PostgresServer, postgres, startPostgres } from "./postgres-server.ts";

/** The server's own user, where the tests run as root. */
const NOBODY = 65_534;
const NO_FILE = "/nowhere/ca.pem";
const CA = encodeURIComponent(fixture("ca.pem"));
const OTHER_CA = encodeURIComponent(fixture("other-ca.pem"));

/** Has TLS, asks a "clerk" for a password, and lets no "guest" in. */
let strict: PostgresServer | undefined;

/** A file that only the server may read. */
function ofTheServer(name: string, write: (path: string) => void): string {
  const directory = temporaryDirectory("postgres-files");
  const path = join(directory, name);
  write(path);
  chmodSync(path, 0o600);
  if (process.getuid?.() === 0) for (const one of [directory, path]) chownSync(one, NOBODY, NOBODY);
  return path;
}

beforeAll(async () => {
  const { path: programs } = postgres();
  if (programs === undefined) return;
  const rules = [
    "host all clerk all scram-sha-256",
    "host all guest all reject",
    "hostssl secured all all trust",
    "host secured all all reject",
    "host all all all trust",
  ];
  const settings = {
    fsync: "off",
    listen_addresses: "127.0.0.1,127.0.0.2",
    ssl: "on",
    ssl_cert_file: ofTheServer("tls.crt", (path) => copyFileSync(fixture("server.pem"), path)),
    ssl_key_file: ofTheServer("tls.key", (path) => copyFileSync(fixture("server.key"), path)),
    hba_file: ofTheServer("pg_hba.conf", (path) => writeFileSync(path, `${rules.join("\n")}\n`)),
  };
  strict = await startPostgres(
    programs,
    Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  );
  const client = new Client({ connectionString: strict.url });
  await client.connect();
  for (const statement of [
    "create role clerk login password 'right'",
    "create role guest login",
    "create role reader login",
    "create database secured",
    "create database closed",
    "revoke connect on database closed from public",
  ])
    await client.query(statement);
  await client.end();
});
afterAll(() => strict?.remove());

interface Changes {
  readonly username?: string;
  readonly password?: string;
  readonly hostname?: string;
  readonly port?: string;
  readonly pathname?: string;
  readonly search?: string;
}

const PLAIN = () => inject("postgresUrl") ?? "";
const STRICT = () => strict?.url ?? "";

it.each<readonly [what: string, server: () => string, changes: Changes, message: string, remedy: string]>([
  ["TLS of a server without", PLAIN, { search: "?sslmode=require" }, "sslmode asks for it", "ssl = on"],
  ["a wrong password", STRICT, { username: "clerk" }, "take user and password (28P01)", "%40"],
  ["no password", STRICT, { username: "clerk", password: "" }, "asks for a password", "user:password@"],
  ["no such user", STRICT, { username: "nobody" }, "let logbert in (28000)", "check the user"],
  ["a user that is kept out", STRICT, { username: "guest" }, "let logbert in (28000)", "pg_hba.conf"],
  ["no TLS, where it is wanted", STRICT, { pathname: "/secured" }, "let logbert in (28000)", "sslmode"],
  ["no such database", STRICT, { pathname: "/nowhere" }, "does not exist on its server", "createdb"],
  ["no such host", STRICT, { hostname: "no-such-host.invalid" }, "nobody knows its host", "the host in"],
  ["a port without a server", PLAIN, { port: "9" }, "nobody listens there", "start its server"],
  ["no right to make tables", STRICT, { username: "reader" }, "make or write tables (42501)", "CREATE on"],
  ["no right to connect", STRICT, { username: "reader", pathname: "/closed" }, "(42501)", "CONNECT on"],
  ["an unknown setting", PLAIN, { search: "?options=-cfoo%3Dbar" }, "does not know a setting", "options"],
  [
    "a CA that is not named",
    STRICT,
    { search: "?sslmode=verify-full" },
    "does not trust",
    "sslrootcert=FILE",
  ],
  [
    "another CA",
    STRICT,
    { search: `?sslmode=verify-full&sslrootcert=${OTHER_CA}` },
    "does not trust",
    "sslrootcert=FILE",
  ],
  [
    "a host that is not in its certificate",
    STRICT,
    { hostname: "127.0.0.2", search: `?sslmode=verify-full&sslrootcert=${CA}` },
    "a certificate of another host",
    "name the host",
  ],
  [
    "a CA's file that is not there",
    STRICT,
    { search: `?sslmode=verify-full&sslrootcert=${NO_FILE}` },
    `a file that cannot be read (${NO_FILE}: ENOENT)`,
    "check sslrootcert",
  ],
])(
  "%s is told as such, with a remedy, and without the password",
  async (_, server, changes, message, remedy) => {
    const url = Object.assign(new URL(server()), { password: "hunter2", ...changes });
    const error = await failureOf(openStore({ url: url.href }));
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain(message);
    expect(error.message).toContain(`the database postgres://${url.host}${url.pathname}`);
    expect(error.remedy).toContain(remedy);
    const told = JSON.stringify(error) + error.message;
    // The user of the other cases is called as the program is.
    for (const secret of ["hunter2", "clerk", "guest", "reader"]) expect(told).not.toContain(secret);
  },
);
