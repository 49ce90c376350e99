import type { StoreError } from "./store.ts";

/** What is the matter, in a person's words, and what to do about it. */
interface Explanation {
  readonly kind: StoreError["code"];
  readonly message: string;
  readonly remedy: string;
}

/** By codes, the first that fits. Codes that begin with "#" stand for what has none, and are not shown. */
export type Explanations = readonly (readonly [codes: RegExp, Explanation])[];

const unreachable = (message: string, remedy: string): Explanation => ({
  kind: "unreachable",
  message,
  remedy,
});

/** What a connection fails by where something in the address of the database, or at its server, is not as it should be. */
export const ADDRESS_EXPLANATIONS: Explanations = [
  [
    /^28P01/,
    unreachable(
      "does not take user and password",
      "check both in DATABASE_URL, where signs such as @ in a password are written as %40 (docs/postgres.md)",
    ),
  ],
  [
    /^#no-password/,
    unreachable(
      "asks for a password, and DATABASE_URL has none",
      "write it there: postgres://user:password@host:5432/logbert",
    ),
  ],
  [
    /^28/,
    unreachable(
      "does not let logbert in",
      "check the user in DATABASE_URL, and in pg_hba.conf of its server whether it lets that user in from this machine, and without TLS (sslmode in DATABASE_URL)",
    ),
  ],
  [
    /^3D000/,
    unreachable(
      "does not exist on its server",
      "make it (createdb), or name another one behind the host in DATABASE_URL",
    ),
  ],
  [
    /^#no-tls/,
    unreachable(
      "is on a server without TLS, and sslmode asks for it",
      "switch TLS on there (ssl = on), or take sslmode out of DATABASE_URL where nobody else can listen on the way",
    ),
  ],
  [
    /^(ENOTFOUND|EAI_)/,
    unreachable(
      "cannot be reached: nobody knows its host",
      "check the host in DATABASE_URL, and whether this machine can look names up",
    ),
  ],
  [
    /^ECONNREFUSED/,
    unreachable(
      "cannot be reached: nobody listens there",
      "start its server, or check host and port in DATABASE_URL, and listen_addresses of the server",
    ),
  ],
  [
    /^ENOENT/,
    unreachable(
      "cannot be reached: there is no such socket",
      "start its server, or name the directory of its socket by host in DATABASE_URL",
    ),
  ],
  [
    /^#file/,
    unreachable(
      "is asked for by a file that cannot be read",
      "check sslrootcert, sslcert and sslkey in DATABASE_URL, and the permissions of these files",
    ),
  ],
  [
    /^ERR_TLS_CERT_ALTNAME/,
    unreachable(
      "has a certificate of another host",
      "name the host in DATABASE_URL as the certificate does, or have the server get one for this name",
    ),
  ],
  [
    /^CERT_HAS_EXPIRED/,
    unreachable(
      "has a certificate that has expired",
      "renew it at the server, and see whether this machine's clock is right",
    ),
  ],
  [
    /^(CERT|DEPTH_|SELF_SIGNED|UNABLE_TO)/,
    unreachable(
      "has a certificate that this machine does not trust",
      "name the file of the CA that signed it by sslrootcert in DATABASE_URL: ?sslmode=verify-full&sslrootcert=FILE",
    ),
  ],
  [/^42704/, unreachable("does not know a setting", "check options in DATABASE_URL")],
];
