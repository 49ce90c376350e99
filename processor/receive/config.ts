import { z } from "zod";
import { serverTlsConfig } from "../tls/config.ts";
import { kafkaConfig } from "./kafka/config.ts";

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
      tls: serverTlsConfig.prefault({}),
    })
    .prefault({});

/** Shorter ones can be guessed. */
const TOKEN_CHARACTERS_MIN = 16;

const intakeToken = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u, "1 to 64 letters, digits, spaces or . _ @ + -"),
  token: z
    .string("must be text; a token of digits alone would be read as a number")
    .min(
      TOKEN_CHARACTERS_MIN,
      `must have at least ${TOKEN_CHARACTERS_MIN} characters (openssl rand -hex 32 makes one); a variable that is not set is empty`,
    )
    .max(512, "must have at most 512 characters")
    .regex(/^[!-~]*$/, "must be of ASCII letters, digits and signs, without spaces"),
});

const intakeTokens = z
  .array(intakeToken)
  .max(100)
  .superRefine((tokens, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    for (const [index, { name, token }] of tokens.entries()) {
      const before = tokens.slice(0, index);
      if (before.some((one) => one.name === name))
        problem([index, "name"], `${name} is the name of another token: give each its own`);
      if (before.some((one) => one.token === token))
        problem([index, "token"], "is that of another name: give each its own");
    }
  });

/** Who may send; without tokens whoever reaches the doors. */
const authConfig = z.strictObject({
  tokens: intakeTokens
    .default([])
    .describe(
      "Who may send: `{ name, token }`, the token of 16 characters or more, best as `${env:LOGBERT_INTAKE_TOKEN}`; senders give it as `Authorization: Bearer …`. Health checks need none. Secret: never printed.",
    ),
});
export type AuthConfig = z.infer<typeof authConfig>;

/** What one sender, or all of them, may take of a door. */
const limitsConfig = z.strictObject({
  max_connections: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe("Connections of one door at a time; further ones are closed at once."),
  max_connections_per_client: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(2_000)
    .describe("Of these from one address (of IPv6 one /64)."),
  requests_per_second: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe(
      "Requests of one client, which is a token's name, or an address where there are no tokens; beyond it senders are told to wait. 0: no limit.",
    ),
  request_burst: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe("Requests of a client that was quiet that are taken at once."),
  max_header_bytes: z.int().min(1_024).max(1_048_576).default(16_384).describe("All headers of one request."),
  header_timeout_ms: z
    .int()
    .min(100)
    .max(120_000)
    .default(10_000)
    .describe(
      "For the headers of an HTTP request, the beginning of an HTTP/2 connection or a TLS handshake to arrive. For all of a request it is two minutes.",
    ),
});
export type LimitsConfig = z.infer<typeof limitsConfig>;

/** Taking in OTLP. */
export const receiveConfig = z.strictObject({
  grpc: endpoint(4317, "OTLP/gRPC"),
  http: endpoint(4318, "OTLP/HTTP (/v1/logs)"),
  auth: authConfig.prefault({}),
  limits: limitsConfig.prefault({}),
  kafka: kafkaConfig.prefault({}),
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
      "Bytes of all requests in the stage at one time, each counted as 8 KiB more than it is; over it senders are told to wait, and one client, as it is for limits.requests_per_second, when what of its requests is still arriving comes to half of it.",
    ),
  max_connection_age_ms: z
    .int()
    .min(1_000)
    .max(604_800_000)
    .default(300_000)
    .describe(
      "A connection is renewed after it (gRPC: GOAWAY; HTTP: Connection: close), so that senders spread over replicas; at most a week.",
    ),
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
