import { z } from "zod";

const MIB = 1024 * 1024;

const endpoint = (port: number, what: string) =>
  z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^$|^[^\s:]+:\d+$|^\[[0-9a-fA-F:]+\]:\d+$/, 'host:port, or "" to switch it off')
        .refine(
          (text) => text === "" || URL.canParse(`http://${text}`),
          "the port must be a number up to 65535",
        )
        .default(`127.0.0.1:${port}`)
        .describe(`host:port of ${what}; "" switches it off.`),
    })
    .prefault({});

/** Taking in OTLP. */
export const receiveConfig = z.strictObject({
  grpc: endpoint(4317, "OTLP/gRPC"),
  http: endpoint(4318, "OTLP/HTTP (/v1/logs)"),
  max_request_bytes: z
    .int()
    .min(1_024)
    .default(64 * MIB)
    .describe("Largest request after decompression (OTLP recommends 64 MiB)."),
  max_in_flight_bytes: z
    .int()
    .min(1_024)
    .default(256 * MIB)
    .describe(
      "Bytes of all requests in the stage at one time, each counted as 8 KiB more than it is; over it senders are told to wait.",
    ),
  max_connection_age_ms: z
    .int()
    .min(1_000)
    .max(604_800_000)
    .default(300_000)
    .describe("A gRPC connection is renewed after it, so that senders spread over replicas; at most a week."),
  drain_timeout_ms: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(7_000)
    .describe(
      "How long a stop waits for requests in flight; at most an hour. With the default a stop takes less than 10 s, whoever hangs.",
    ),
  retry_memory: z
    .strictObject({
      max_bytes: z
        .int()
        .min(0)
        .default(64 * MIB)
        .describe("Enriched bytes kept of requests that the next hop did not take, for their retry."),
      max_age_ms: z
        .int()
        .min(1_000)
        .max(86_400_000)
        .default(600_000)
        .describe("How long a retry is recognised; at most a day."),
    })
    .prefault({}),
});
export type ReceiveConfig = z.infer<typeof receiveConfig>;
