import type { Server } from "node:net";
import type { TlsOptions } from "node:tls";
import { openServerTls } from "../tls/server-tls.ts";
import type { ReceiveConfig } from "./config.ts";
import { type Connections, limitConnections } from "./connections.ts";
import type { HandlePorts } from "./handle.ts";
import { listen } from "./listen.ts";

/** What doors have in common, whatever is spoken behind them: TLS, bounds on connections, an address. */
export interface Door {
  /** For the server's constructor; undefined without TLS. */
  readonly tls: TlsOptions | undefined;
  /** Gives host:port really bound; rejects with a ListenError. */
  open(server: Server): Promise<string>;
  /** To be called before the server is closed: ends handshakes, which carry nothing, and follows no files any more. */
  stop(): void;
}

/** Throws a TlsFileError. */
export function prepareDoor(config: ReceiveConfig, transport: "grpc" | "http", ports: HandlePorts): Door {
  const { endpoint, tls: tlsConfig } = config[transport];
  const handshakeMsMax = config.limits.header_timeout_ms;
  const tls = openServerTls(tlsConfig, `receive.${transport}.tls`, { handshakeMsMax, warn: ports.warn });
  let connections: Connections | undefined;
  return {
    tls: tls?.options,
    async open(server) {
      tls?.follow(server);
      server.on("tlsClientError", (error: NodeJS.ErrnoException) => {
        // Balancers connect and leave to see whether somebody listens.
        if (error.code === "ECONNRESET") return;
        ports.warn({ transport, reason: error.code ?? error.name }, "the TLS handshake of a sender failed");
      });
      connections = limitConnections(server, config.limits, {
        isTls: tls !== undefined,
        onRefused: ports.observer.connectionRefused,
      });
      try {
        const address = await listen(server, endpoint, `receive.${transport}.endpoint`);
        server.on("error", ports.onError);
        return address;
      } catch (error) {
        tls?.stop();
        throw error;
      }
    },
    stop() {
      tls?.stop();
      connections?.stop();
    },
  };
}
