import type { SecureContextOptions } from "node:tls";
import { followTlsFiles } from "../tls/follow-tls-files.ts";
import type { TlsFiles, TlsPaths } from "../tls/tls-files.ts";
import type { ForwardConfig } from "./config.ts";

/** Something that a person should know. */
export type Warn = (details: object, message: string) => void;

/** TLS towards the next hop. */
export interface ClientTls {
  /** As the files are now. */
  options(): SecureContextOptions;
  /** Calls back when they have changed, so that no connection goes on with the old ones. */
  onChanged(listener: () => void): void;
  stop(): void;
}

/** Reads and follows the files that `forward.tls` names. Throws a TlsFileError. */
export function openClientTls(tls: ForwardConfig["tls"], warn: Warn): ClientTls {
  const listeners: (() => void)[] = [];
  const toOptions = (files: TlsFiles): SecureContextOptions => ({
    ...files,
    minVersion: `TLSv${tls.min_version}`,
  });
  const { files, stop } = followTlsFiles(clientTlsPaths(tls), {
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

/** The files that `forward.tls` names. */
export function clientTlsPaths(tls: ForwardConfig["tls"]): TlsPaths {
  const file = (key: "ca_file" | "cert_file" | "key_file") => ({
    setting: `forward.tls.${key}`,
    path: tls[key],
  });
  return { ca: file("ca_file"), cert: file("cert_file"), key: file("key_file") };
}
