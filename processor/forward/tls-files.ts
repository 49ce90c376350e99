import { readFileSync } from "node:fs";
import type { ForwardConfig } from "./config.ts";

/** PEM contents; undefined for what is not configured. */
export interface TlsFiles {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** A TLS file of the configuration that cannot be read. */
export class TlsFileError extends Error {
  override readonly name = "TlsFileError";
  readonly remedy = "Name a readable PEM file, or leave the key empty.";
}

/** Reads the files that `forward.tls` names. Throws a {@link TlsFileError} naming the key. */
export function readTlsFiles({ tls }: ForwardConfig): TlsFiles {
  return { ca: read(tls, "ca_file"), cert: read(tls, "cert_file"), key: read(tls, "key_file") };
}

function read(tls: ForwardConfig["tls"], key: "ca_file" | "cert_file" | "key_file"): Buffer | undefined {
  if (tls[key] === "") return undefined;
  try {
    return readFileSync(tls[key]);
  } catch (cause) {
    throw new TlsFileError(`forward.tls.${key}: cannot read ${tls[key]}`, { cause });
  }
}
