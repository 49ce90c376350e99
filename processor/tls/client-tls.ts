import type { SecureContextOptions } from "node:tls";
import type { ClientTlsConfig } from "./config.ts";
import { followTlsFiles } from "./follow-tls-files.ts";
import type { TlsFiles, TlsPaths } from "./tls-files.ts";

/** Something that a person should know. */
export type Warn = (details: object, message: string) => void;

/** TLS of the side that connects: towards the next hop, or the brokers that are read from. */
export interface ClientTls {
  /** As the files are now. */
  options(): SecureContextOptions;
  /** Calls back when they have changed, so that no connection goes on with the old ones. */
  onChanged(listener: () => void): void;
  stop(): void;
}

/**
 * Reads and follows the files that the configuration names. Throws a TlsFileError.
 * @param setting the configuration key
 */
export function openClientTls(tls: ClientTlsConfig, warn: Warn, setting = "forward.tls"): ClientTls {
  const listeners: (() => void)[] = [];
  const toOptions = (files: TlsFiles): SecureContextOptions => ({
    ...files,
    minVersion: `TLSv${tls.min_version}`,
  });
  const { files, stop } = followTlsFiles(clientTlsPaths(tls, setting), {
    intervalMs: tls.reload_interval_ms,
    onChanged(changed) {
      options = toOptions(changed);
      for (const listener of listeners) listener();
    },
    onBroken: (error) => warn({ reason: String(error) }, "new TLS files cannot be used: the old ones stay"),
  });
  let options = toOptions(files);
  return { options: () => options, onChanged: (listener) => void listeners.push(listener), stop };
}

/** The files that `setting` names. */
export function clientTlsPaths(tls: ClientTlsConfig, setting = "forward.tls"): TlsPaths {
  const file = (key: "ca_file" | "cert_file" | "key_file") => ({
    setting: `${setting}.${key}`,
    path: tls[key],
  });
  return { ca: file("ca_file"), cert: file("cert_file"), key: file("key_file") };
}
