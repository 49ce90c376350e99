import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

/** A PEM file as the configuration names it; path "" for none. */
export interface TlsFile {
  /** The configuration key. */
  readonly setting: string;
  readonly path: string;
}

/** The files of one side of a connection. */
export interface TlsPaths {
  /** Whose certificates the other side may have. */
  readonly ca: TlsFile;
  readonly cert: TlsFile;
  readonly key: TlsFile;
}

/** PEM contents; what is not configured is missing. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** A TLS file of the configuration that cannot be used. Nothing of its contents is in it. */
export class TlsFileError extends Error {
  override readonly name = "TlsFileError";
  readonly remedy = "Name a readable PEM file that belongs to the others, or leave the key empty.";
}

/** Reads the files, and sees whether they can be used together. Throws a {@link TlsFileError} naming the key. */
export function readTlsFiles({ ca, cert, key }: TlsPaths): TlsFiles {
  const files = { ...read("ca", ca), ...read("cert", cert), ...read("key", key) };
  check(ca, () => files.ca && new X509Certificate(files.ca));
  check(cert, () => files.cert && new X509Certificate(files.cert));
  check(
    key,
    () => files.key && createSecureContext({ key: files.key, ...(files.cert && { cert: files.cert }) }),
  );
  return files;
}

/** Throws a {@link TlsFileError} for a certificate that is another one than before and whose time is over: nobody would believe it. */
export function checkNotExpired({ cert }: TlsPaths, files: TlsFiles, before: TlsFiles): void {
  if (files.cert === undefined || before.cert?.equals(files.cert)) return;
  if (new X509Certificate(files.cert).validToDate.getTime() < Date.now())
    throw new TlsFileError(`${cert.setting}: ${cert.path} has expired`);
}

function read(part: keyof TlsFiles, { setting, path }: TlsFile): TlsFiles {
  if (path === "") return {};
  try {
    return { [part]: readFileSync(path) };
  } catch (cause) {
    throw new TlsFileError(`${setting}: cannot read ${path}${codeOf(cause)}`, { cause });
  }
}

function check({ setting, path }: TlsFile, use: () => unknown): void {
  try {
    use();
  } catch (cause) {
    throw new TlsFileError(`${setting}: ${path} cannot be used${codeOf(cause)}`, { cause });
  }
}

/** The code alone: what else the library says is for those who know it. */
function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
}
