import { z } from "zod";
import { linksConfig } from "./links/config.ts";

/** The GraphQL API and the UI. */
export const apiConfig = z.strictObject({
  endpoint: z
    .string()
    .regex(/^$|^[^\s:]+:\d+$|^\[[0-9a-fA-F:]+\]:\d+$/, 'host:port, or "" to switch it off')
    .default("127.0.0.1:4000")
    .describe(
      'host:port of GraphQL (/graphql), the UI (/), /livez and /readyz; "" switches them off. It has no log-in yet: put an authenticating proxy before it when it listens on more than loopback.',
    ),
  allowed_hosts: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Host names, besides localhost and the endpoint's own, under which browsers may reach the API; others are refused (DNS rebinding).",
    ),
  introspection: z.boolean().default(true).describe("Whether the schema can be asked for."),
  max_page_size: z.int().min(1).max(5_000).default(500).describe("Most rows of one page."),
  max_body_bytes: z
    .int()
    .min(1_024)
    .default(1_048_576)
    .describe("Largest request body, and largest WebSocket message."),
  max_query_depth: z.int().min(1).max(100).default(12).describe("Deepest nesting of fields in one query."),
  max_query_cost: z
    .int()
    .min(100)
    .default(100_000)
    .describe(
      "Most that one query may cost: 1 a field, 2 an object, half as much again for each level below, times a page size that is written out.",
    ),
  max_rows_per_operation: z
    .int()
    .min(1)
    .default(2_000)
    .describe("Rows on all pages of one query; each day of scores that it reads counts as one."),
  max_subscriptions: z.int().min(1).default(200).describe("WebSocket connections at one time."),
  max_operations_per_connection: z
    .int()
    .min(1)
    .default(20)
    .describe("Subscriptions and queries under way on one WebSocket connection."),
  links: linksConfig,
});
export type ApiConfig = z.infer<typeof apiConfig>;
