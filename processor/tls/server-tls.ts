import type { Server } from "node:net";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import type { ServerTlsConfig } from "./config.ts";
import { followTlsFiles } from "./follow-tls-files.ts";
import type { TlsFiles, TlsPaths } from "./tls-files.ts";

/** TLS of a door that is open. */
export interface ServerTls {
  /** For the server's constructor. */
  readonly options: TlsOptions;
  /** Gives the server what becomes of the files. */
  follow(server: Server | SecureServer): void;
  stop(): void;
}

/** What of a TLS server takes new certificates; connections that are there go on. */
interface SecureServer {
  setSecureContext(options: SecureContextOptions): void;
}

/** What else a door says of its TLS. */
export interface ServerTlsOptions {
  /** A sender that does not finish its handshake is not waited for. */
  readonly handshakeMsMax: number;
  /** Told of files that have changed and cannot be used. */
  readonly warn: (details: object, message: string) => void;
}

/**
 * Reads and follows the files of a door.
 * @param setting the configuration key, such as receive.grpc.tls
 * @returns undefined for a door without TLS; throws a TlsFileError
 */
export function openServerTls(
  config: ServerTlsConfig,
  setting: string,
  { handshakeMsMax, warn }: ServerTlsOptions,
): ServerTls | undefined {
  if (config.cert_file === "") return undefined;
  let server: SecureServer | undefined;
  const { files, stop } = followTlsFiles(serverTlsPaths(config, setting), {
    intervalMs: config.reload_interval_ms,
    onChanged: (changed) => server?.setSecureContext(contextOf(changed, config)),
    onBroken: (error) => warn({ reason: String(error) }, "new TLS files cannot be used: the old ones stay"),
  });
  const asksClients = files.ca !== undefined;
  return {
    options: {
      ...contextOf(files, config),
      requestCert: asksClients,
      rejectUnauthorized: asksClients,
      handshakeTimeout: handshakeMsMax,
    },
    follow(started) {
      if ("setSecureContext" in started) server = started;
    },
    stop,
  };
}

/** The files that a door's configuration names. */
export function serverTlsPaths(config: ServerTlsConfig, setting: string): TlsPaths {
  const file = (key: "client_ca_file" | "cert_file" | "key_file") => ({
    setting: `${setting}.${key}`,
    path: config[key],
  });
  return { ca: file("client_ca_file"), cert: file("cert_file"), key: file("key_file") };
}

function contextOf(files: TlsFiles, { min_version }: ServerTlsConfig): SecureContextOptions {
  return { ...files, minVersion: `TLSv${min_version}` };
}
