import { z } from "zod";
import { isLoopback } from "./access/loopback.ts";
import { linksConfig } from "./links/config.ts";

/** Shorter ones can be guessed. */
const TOKEN_CHARACTERS_MIN = 16;

const apiToken = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u, "1 to 64 letters, digits, spaces or . _ @ + -")
    .describe("Who has it: the author of what is said with it."),
  role: z.enum(["read", "write"]).describe("read: ask and subscribe; write: change as well."),
  token: z
    .string("must be text; a token of digits alone would be read as a number")
    .min(
      TOKEN_CHARACTERS_MIN,
      `must have at least ${TOKEN_CHARACTERS_MIN} characters (openssl rand -hex 32 makes one); a variable that is not set is empty`,
    )
    .max(512, "must have at most 512 characters")
    .regex(/^[!-~]*$/, "must be of ASCII letters, digits and signs, without spaces"),
});

const apiSettings = z.strictObject({
  endpoint: z
    .string()
    .regex(/^$|^[^\s:]+:\d+$|^\[[0-9a-fA-F:]+\]:\d+$/, 'host:port, or "" to switch it off')
    .refine((text) => text === "" || URL.canParse(`http://${text}`), "the port must be a number up to 65535")
    .default("127.0.0.1:4000")
    .describe(
      'host:port of GraphQL (/graphql), the UI (/), /livez and /readyz; "" switches them off. Beyond loopback (127.0.0.0/8, [::1], localhost) it needs api.tokens.',
    ),
  tokens: z
    .array(apiToken)
    .max(100)
    .default([])
    .describe(
      "Who may use GraphQL: `{ name, role: read or write, token }`, the token of 16 characters or more, best as `${env:LOGBERT_API_TOKEN}`. With none, whoever reaches the endpoint may do everything. Secret: never printed.",
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
    .describe(
      "Rows on all pages of one query; each day of scores that it reads counts as one, and so do 24 parts of a series where those are more.",
    ),
  max_subscriptions: z
    .int()
    .min(1)
    .default(200)
    .describe("WebSocket connections at one time of those who were let in; of others 200."),
  max_operations_per_connection: z
    .int()
    .min(1)
    .default(20)
    .describe("Subscriptions and queries under way on one WebSocket connection."),
  fail_readiness_on_collapse: z
    .boolean()
    .default(false)
    .describe(
      "Whether /readyz answers 503 while the detector does not find what it should. Records go on either way.",
    ),
  links: linksConfig,
});

/** The GraphQL API and the UI. */
export const apiConfig = apiSettings.superRefine(({ endpoint, tokens }, context) => {
  const problem = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const host = endpoint.slice(0, endpoint.lastIndexOf(":"));
  if (endpoint !== "" && tokens.length === 0 && !isLoopback(host))
    problem(
      ["endpoint"],
      `${endpoint} can be reached from other machines, and there is no token: set api.tokens or LOGBERT_API_TOKEN, or listen on 127.0.0.1`,
    );
  for (const [index, { name, token }] of tokens.entries()) {
    const before = tokens.slice(0, index);
    if (before.some((one) => one.name === name))
      problem(["tokens", index, "name"], `${name} is the name of another token: give each its own`);
    if (before.some((one) => one.token === token))
      problem(["tokens", index, "token"], "is that of another name: give each its own");
  }
});
export type ApiConfig = z.infer<typeof apiConfig>;
