import { copyFileSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** A certificate of test/fixtures/tls/pki. */
export type Holder = "server" | "renewed-server" | "client" | "renewed-client" | "expired" | "stranger";
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
  /** Puts a key, a certificate or an authority alone. */
  put(part: "cert" | "key", holder: Holder): void;
  put(part: "ca", authority: Authority): void;
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
  return {
    ...paths,
    renew,
    breakKey: () => put(fixture("stranger.key"), paths.key),
    put: (part, next) => put(join(fixtures, `${next}.${part === "key" ? "key" : "pem"}`), paths[part]),
  };
}

/** The certificate and key of a holder as Kubernetes mounts a Secret: links through `..data`, which is replaced in one go. */
export function mountedFiles(holder: Holder) {
  const directory = temporaryDirectory("logbert-mount");
  let version = 0;
  const renew = (next: Holder) => {
    version += 1;
    mkdirSync(join(directory, `..${version}`));
    copyFileSync(fixture(`${next}.pem`), join(directory, `..${version}`, "tls.crt"));
    copyFileSync(fixture(`${next}.key`), join(directory, `..${version}`, "tls.key"));
    symlinkSync(`..${version}`, join(directory, "..data_tmp"));
    renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
  };
  renew(holder);
  for (const name of ["tls.crt", "tls.key"]) symlinkSync(`..data/${name}`, join(directory, name));
  return { cert: join(directory, "tls.crt"), key: join(directory, "tls.key"), renew };
}
