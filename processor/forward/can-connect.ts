import { connect } from "node:net";
import type { ForwardConfig } from "./config.ts";
import { targetOf } from "./target.ts";

/** For a connection to be made. */
const CONNECT_MS_MAX = 2_000;

/** Whether a TCP connection to the next hop can be made now; it is closed at once. Never rejects. */
export function canConnect(config: ForwardConfig): Promise<boolean> {
  const { protocol, authority, url } = targetOf(config);
  const { hostname, port, protocol: scheme } = new URL(protocol === "grpc" ? `http://${authority}` : url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || (scheme === "https:" ? 443 : 80)) });
    const end = (isConnected: boolean) => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.setTimeout(CONNECT_MS_MAX, () => end(false));
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
