import type { ForwardConfig } from "./config.ts";

/** Where a request goes. */
export interface Target {
  readonly protocol: "grpc" | "http";
  /** host:port for gRPC. */
  readonly authority: string;
  /** Full URL for HTTP, `/v1/logs` appended where the endpoint has no path. */
  readonly url: string;
  readonly isTls: boolean;
}

const DEFAULT_PORT = { grpc: "4317", http: "4318" };

/**
 * Reads `forward.endpoint`.
 *
 * Examples: "collector:4317" is gRPC; "http://loki:3100/otlp" is HTTP to http://loki:3100/otlp/v1/logs;
 * "localhost:4318" is HTTP to http://localhost:4318/v1/logs.
 */
export function targetOf({ endpoint, protocol, tls }: ForwardConfig): Target {
  const url = new URL(/^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`);
  const givenPort = portOf(endpoint);
  const hasPath = url.pathname !== "/";
  const guessed = hasPath || givenPort === DEFAULT_PORT.http ? "http" : "grpc";
  const chosen = protocol === "auto" ? guessed : protocol;
  const isTls = url.protocol === "https:" || tls.enabled;
  if (isTls) url.protocol = "https:";
  if (givenPort !== undefined) url.port = givenPort;
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/v1\/logs$/, "")}/v1/logs`;
  const port = givenPort ?? (isTls ? "443" : DEFAULT_PORT[chosen]);
  if (chosen === "http" && !hasPath && givenPort === undefined && !isTls) url.port = DEFAULT_PORT.http;
  return { protocol: chosen, authority: `${url.hostname}:${port}`, url: url.href, isTls };
}

/** An endpoint as it may be shown: a query may hold a key, and before an @ stands a password. */
export function shownEndpoint(endpoint: string): string {
  return endpoint.replace(/\?.*$/s, "?(hidden)").replace(/^(https?:\/\/)[^/]*@/i, "$1(hidden)@");
}

/** The port as it is written: a URL leaves out the one of its protocol, and OTLP has others. */
function portOf(endpoint: string): string | undefined {
  return /^(?:https?:\/\/)?[^/?#]*?:(\d+)(?:[/?#]|$)/.exec(endpoint)?.[1];
}
