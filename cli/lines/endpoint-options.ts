import { z } from "zod";
import { type ForwardConfig, forwardConfig } from "../../processor/forward/config.ts";
import { type Environment, senderSettings } from "./sender-environment.ts";

/** Where a command sends its records. */
export const endpointOptions = {
  endpoint: z
    .string()
    .regex(/^(https?:\/\/)?[^\s/]+(\/\S*)?$/, "must be host:port or http(s)://host:port")
    .pipe(forwardConfig.shape.endpoint.unwrap())
    .default("127.0.0.1:4317"),
  protocol: z.enum(["auto", "grpc", "http"], "must be auto, grpc or http").default("auto"),
};

/** Help texts of these options, for each command that has them. */
export const ENDPOINT_HELP = {
  endpoint: "where to send: host:port or http(s)://host:port (default 127.0.0.1:4317)",
  protocol: "auto, grpc or http; auto takes http for port 4318 and for URLs with a path",
};

/** The forwarder's configuration for such options, and for what the environment has this sender show; all else has its default.
 * Throws a UsageError or a TlsFileError. */
export function forwardConfigOf(
  { endpoint, protocol }: { endpoint: string; protocol: "auto" | "grpc" | "http" },
  environment: Environment,
): ForwardConfig {
  return forwardConfig.parse({ endpoint, protocol, ...senderSettings(environment) });
}
