import { z } from "zod";
import { type ForwardConfig, forwardConfig } from "../../processor/forward/config.ts";

/** Where a command sends its records. */
export const endpointOptions = {
  endpoint: z
    .string()
    .regex(/^(https?:\/\/)?[^\s/]+(\/\S*)?$/, "must be host:port or http(s)://host:port")
    .default("127.0.0.1:4317"),
  protocol: z.enum(["auto", "grpc", "http"], "must be auto, grpc or http").default("auto"),
};

/** Help texts of these options, for each command that has them. */
export const ENDPOINT_HELP = {
  endpoint: "where to send: host:port or http(s)://host:port (default 127.0.0.1:4317)",
  protocol: "auto, grpc or http; auto takes http for port 4318 and for URLs with a path",
};

/** The forwarder's configuration for such options; all else has its default. */
export function forwardConfigOf({
  endpoint,
  protocol,
}: {
  endpoint: string;
  protocol: "auto" | "grpc" | "http";
}): ForwardConfig {
  return forwardConfig.parse({ endpoint, protocol });
}
