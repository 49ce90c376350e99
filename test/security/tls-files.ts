import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** A certificate of test/fixtures/tls/pki. */
export type Holder = "server" | "renewed-server" | "client" | "renewed-client" | "stranger";
export type Authority = "ca" | "other-ca";

const fixtures = join(import.meta.dirname, "../fixtures/tls/pki");

/** A file of test/fixtures/tls/pki, such as "ca.pem". */
export function fixture(file: `${Holder}.${"pem" | "key"}` | `${Authority}.pem`): string {
  return join(fixtures, file);
}

/** Files that are renewed under way, as a program that renews certificates leaves them. */
export interface RenewableFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  renew(holder: Holder, authority?: Authority): void;
  /** Puts the key of somebody else beside the certificate. */
  breakKey(): void;
}

/** A directory with the certificate of a holder, and an authority. */
export function renewableFiles(holder: Holder, authority: Authority = "ca"): RenewableFiles {
  const directory = temporaryDirectory("logbert-tls");
  const paths = {
    ca: join(directory, "ca.pem"),
    cert: join(directory, "tls.crt"),
    key: join(directory, "tls.key"),
  };
  const put = (from: string, to: string) => {
    copyFileSync(from, `${to}.new`);
    renameSync(`${to}.new`, to);
  };
  const renew = (next: Holder, by: Authority = "ca") => {
    put(fixture(`${by}.pem`), paths.ca);
    put(fixture(`${next}.pem`), paths.cert);
    put(fixture(`${next}.key`), paths.key);
  };
  renew(holder, authority);
  return { ...paths, renew, breakKey: () => put(fixture("stranger.key"), paths.key) };
}
