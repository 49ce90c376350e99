import { isLoopback } from "../api/access/loopback.ts";
import type { Config } from "./config.ts";

/** A door that other machines reach, and what it lacks. */
export interface ExposedDoor {
  /** The configuration key. */
  readonly key: string;
  readonly endpoint: string;
  readonly lacks: string;
}

/**
 * Doors beyond loopback that do not ask who comes, or that can be listened to on the way. The API is not among them: beyond
 * loopback it does not start without a token.
 */
export function exposedDoors({ receive, telemetry }: Config): readonly ExposedDoor[] {
  const hasTokens = receive.auth.tokens.length > 0;
  const doors = (["grpc", "http"] as const).map((transport) => {
    const { endpoint, tls } = receive[transport];
    const lacksTls = tls.cert_file === "" ? ["TLS (cert_file, key_file)"] : [];
    const lacksLogIn =
      !hasTokens && tls.client_ca_file === "" ? ["tokens (receive.auth) or client_ca_file"] : [];
    return { key: `receive.${transport}`, endpoint, lacks: [...lacksTls, ...lacksLogIn].join(" and ") };
  });
  const metrics = {
    key: "telemetry.metrics_endpoint",
    endpoint: telemetry.metrics_endpoint,
    lacks: "a log-in, as it always does: let only your Prometheus reach it",
  };
  return [...doors, metrics].filter(
    ({ endpoint, lacks }) => endpoint !== "" && lacks !== "" && !isLoopback(hostOf(endpoint)),
  );
}

function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(":"));
}
