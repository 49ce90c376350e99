import { z } from "zod";

/** What the stage says of itself. */
export const telemetryConfig = z.strictObject({
  metrics_endpoint: z
    .string()
    .regex(/^$|^[^\s:]+:\d+$|^\[[0-9a-fA-F:]+\]:\d+$/, 'host:port, or "" to switch it off')
    .refine((text) => text === "" || URL.canParse(`http://${text}`), "the port must be a number up to 65535")
    .default("127.0.0.1:9464")
    .describe('host:port of the Prometheus endpoint /metrics; "" switches it off.'),
  log_level: z
    .enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"])
    .default("INFO")
    .describe("Least severe level of the stage's own log lines (stderr, JSON). Environment: LOG_LEVEL."),
  traces: z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^$|^https?:\/\/\S+$/, 'an http(s) URL, or "" to switch it off')
        .refine((text) => text === "" || URL.canParse(text), "no valid URL")
        .default("")
        .describe(
          'OTLP/HTTP URL that traces of slow requests are sent to, such as http://collector:4318 of a Collector; without a path, /v1/traces is appended; "": nowhere.',
        ),
      slow_ms: z
        .number()
        .min(0)
        .max(3_600_000)
        .default(1_000)
        .describe("A request that takes as long, until it is answered, is traced; at most an hour."),
    })
    .prefault({}),
});
export type TelemetryConfig = z.infer<typeof telemetryConfig>;
