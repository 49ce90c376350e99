import type { Server, Socket } from "node:net";
import { clientOfAddress } from "./client-address.ts";
import type { LimitsConfig } from "./config.ts";
import type { ConnectionLimit } from "./consume.ts";

/** The connections of a door, as far as their number is about them. */
export interface Connections {
  /** Ends those that have not finished their handshake: nothing of theirs is in flight. */
  stop(): void;
}

/**
 * Bounds the connections of a door, over all and for each client.
 * @param isTls whether a connection begins with a handshake
 */
export function limitConnections(
  server: Server,
  { max_connections: max, max_connections_per_client: perClientMax }: LimitsConfig,
  { isTls, onRefused }: { readonly isTls: boolean; readonly onRefused: (limit: ConnectionLimit) => void },
): Connections {
  const ofClient = new Map<string, number>();
  const shaking = new Map<string, Socket>();
  server.maxConnections = max;
  server.on("drop", () => onRefused("total"));
  server.on("connection", (socket: Socket) => {
    const client = clientOfAddress(socket.remoteAddress);
    const count = (ofClient.get(client) ?? 0) + 1;
    if (count > perClientMax) {
      onRefused("client");
      socket.destroy();
      return;
    }
    ofClient.set(client, count);
    const name = nameOf(socket);
    if (isTls) shaking.set(name, socket);
    socket.once("close", () => {
      shaking.delete(name);
      const left = (ofClient.get(client) ?? 1) - 1;
      if (left > 0) ofClient.set(client, left);
      else ofClient.delete(client);
    });
  });
  // Of a secure socket there is no way to the one below it but by what both have.
  server.on("secureConnection", (socket: Socket) => void shaking.delete(nameOf(socket)));
  return {
    stop() {
      for (const socket of shaking.values()) socket.destroy();
    },
  };
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
