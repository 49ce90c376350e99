import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** SETTINGS without a setting (RFC 9113, section 6.5). */
const SETTINGS = Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0);
/** GOAWAY with NO_ERROR (RFC 9113, section 6.8). */
const GOAWAY = Buffer.concat([Buffer.of(0, 0, 8, 7, 0, 0, 0, 0, 0), Buffer.alloc(8)]);

/** A server that has hung: its kernel takes connections, and nobody ever closes one. */
export interface FrozenServer {
  readonly port: number;
  /** Says to all that they should go elsewhere. */
  goAway(): void;
  close(): Promise<void>;
}

/** @param greets whether it has shown that it speaks HTTP/2 before it hung */
export async function startFrozenServer(greets: boolean): Promise<FrozenServer> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    if (greets) socket.write(SETTINGS);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    goAway: () => sockets.forEach((socket) => void socket.write(GOAWAY)),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A gRPC sender that has hung after its first words, and never closes its side. */
export async function connectFrozenSender(address: string): Promise<Socket> {
  const [host = "", port = ""] = address.split(":");
  const socket = connect({ host, port: Number(port), allowHalfOpen: true });
  socket.on("error", () => undefined);
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), SETTINGS]));
  // The server has answered: it knows of the connection.
  await once(socket, "data");
  return socket;
}
