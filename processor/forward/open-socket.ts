import type { SecureClientSessionOptions } from "node:http2";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** The socket that Node's HTTP/2 would open by itself: of its own one only a stand-in can be had, which cannot be destroyed. */
export function openSocket(url: URL, tls: SecureClientSessionOptions): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol === "http:") return connect({ host, port: Number(url.port || 80) });
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ ...tls, ...servername, host, port: Number(url.port || 443), ALPNProtocols: ["h2"] });
}
