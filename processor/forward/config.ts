import { z } from "zod";
import { saslConfig } from "../kafka/config.ts";
import { clientTlsConfig } from "../tls/config.ts";
import { isKafkaEndpoint } from "./kafka/kafka-endpoint.ts";
import { isReservedHeader } from "./reserved-headers.ts";

const forwardSettings = z.strictObject({
  endpoint: z
    .string()
    .regex(/^$|^(https?:\/\/)?[^\s/]+(\/\S*)?$/, 'host:port or http(s)://host:port[/path]; "" for a sink')
    .refine(
      (text) =>
        text === "" ||
        text.startsWith("kafka:") ||
        URL.canParse(/^https?:/.test(text) ? text : `http://${text}`),
      "no valid address: the port must be a number up to 65535",
    )
    .refine(
      (text) => !/[@#]/.test(text.split("?")[0] ?? ""),
      "must hold no user name, password or fragment: credentials go into forward.headers",
    )
    .refine(
      (text) => !text.startsWith("kafka:") || isKafkaEndpoint(text),
      "must be kafka://host:port[,host:port…]/topic",
    )
    .default("")
    .describe(
      'Next hop: host:port or http(s)://host:port[/path] for OTLP, kafka://host:port[,host:port…]/topic for a topic of OTLP (docs/kafka.md). "": none, the stage is a sink that acknowledges what it has processed. Environment: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT.',
    ),
  protocol: z
    .enum(["auto", "grpc", "http"])
    .default("auto")
    .describe("auto: http when the endpoint has a path or port 4318, else grpc."),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a header's name: letters, digits and - _ ."),
      z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "a header's value: no line breaks or control characters"),
    )
    .default({})
    .describe("Sent with each request, such as authorization. Secret: never printed."),
  metadata_keys: z
    .array(
      z
        .string()
        .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a header's name: letters, digits and - _ .")
        .overwrite((name) => name.toLowerCase())
        .refine((name) => !isReservedHeader(name), "is a header of the protocol, or one that we write"),
    )
    .max(20)
    .default([])
    .describe(
      "Headers (gRPC: metadata) of a request that go on to the next hop with it, such as X-Scope-OrgID; all others end here. Requests in which they differ are never joined. Mind `authorization`: it hands on what the sender showed.",
    ),
  metadata_cardinality_limit: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe(
      "Combinations of these headers that are remembered at a time, so that their requests are joined.",
    ),
  compression: z
    .enum(["none", "gzip"])
    .default("none")
    .describe("gzip pays across a network, not on one machine."),
  timeout_ms: z.int().min(100).max(600_000).default(10_000).describe("For one request to the next hop."),
  max_message_bytes: z
    .int()
    .min(1_024)
    .default(4_194_304)
    .describe("Requests out stay under it, split along records; 4 MiB is what gRPC servers take by default."),
  join: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe(
          "Small requests (up to 64 KiB) that come while others are on their way wait for those, and go on as one. Each sender is still answered by the fate of its own records.",
        ),
      concurrency: z
        .int()
        .min(1)
        .max(1_000)
        .default(4)
        .describe("Small requests on their way to the next hop at a time, before one waits to be joined."),
    })
    .prefault({}),
  retry_resource_exhausted: z
    .boolean()
    .default(true)
    .describe(
      "Whether RESOURCE_EXHAUSTED without RetryInfo is retried. The specification says no, a Collector's memory_limiter answers so, and dropping would lose data.",
    ),
  tls: clientTlsConfig("TLS for gRPC and Kafka; https:// endpoints use it anyway.").prefault({}),
  kafka: z
    .strictObject({
      max_message_bytes: z
        .int()
        .min(1_024)
        .default(1_000_000)
        .describe(
          "Of a kafka:// endpoint: messages stay under it, as under forward.max_message_bytes, split along records; the topic's max.message.bytes (1,048,588 by default) must be larger.",
        ),
      sasl: saslConfig.prefault({}),
    })
    .prefault({}),
});

/** The next hop. */
export const forwardConfig = forwardSettings.superRefine(({ headers, metadata_keys: keys }, context) => {
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const [index, key] of keys.entries())
    if (own.has(key))
      context.addIssue({
        code: "custom",
        path: ["metadata_keys", index],
        message: `${key} is in forward.headers too: leave it out of one of them`,
      });
});
export type ForwardConfig = z.infer<typeof forwardConfig>;
