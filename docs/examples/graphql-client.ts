import { parseArgs } from "node:util";
import { createClient } from "graphql-ws";
import { z } from "zod";

/**
 * A client of logbert's GraphQL API: a program to read, to run and to start from. It needs Node 22.18 or later, graphql-ws and zod.
 *
 *   npx node docs/examples/graphql-client.ts list [--service NAME] [--page 100]
 *   npx node docs/examples/graphql-client.ts follow [--service NAME] [--count N]
 *   npx node docs/examples/graphql-client.ts feedback ID true|false [NOTE]
 *   npx node docs/examples/graphql-client.ts threshold SERVICE [VALUE] [--based-on CHANGE]
 *
 * LOGBERT_URL names the API (http://127.0.0.1:4000), LOGBERT_API_TOKEN the token where the API wants one.
 */
const api = process.env["LOGBERT_URL"] ?? "http://127.0.0.1:4000";
const token = process.env["LOGBERT_API_TOKEN"];
const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    service: { type: "string" },
    page: { type: "string", default: "100" },
    count: { type: "string" },
    "based-on": { type: "string" },
  },
});
const [command, ...words] = positionals;

const anomaly = z.object({
  id: z.string(),
  time: z.string(),
  service: z.string(),
  score: z.number(),
  explanation: z.object({ summary: z.string() }),
});
type Anomaly = z.infer<typeof anomaly>;
const ANOMALY_FIELDS = "id time service score explanation { summary }";

const errors = z
  .array(
    z.object({
      message: z.string(),
      extensions: z.object({ code: z.string(), remedy: z.string().optional() }),
    }),
  )
  .min(1);
const envelope = z.object({ data: z.unknown(), errors: errors.optional() });

/** What the API refused. `code` is for programs (docs/graphql.md lists the codes), the rest is for people. */
class ApiError extends Error {
  readonly code: string;
  constructor(told: z.infer<typeof errors>) {
    const [first] = told;
    super([first?.message, first?.extensions.remedy].filter(Boolean).join(" "));
    this.code = first?.extensions.code ?? "INTERNAL";
  }
}

/** One operation over HTTP. Rejects with an {@link ApiError}, and when what came is not what was asked for. */
async function ask<T>(query: string, variables: object, data: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${api}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body: JSON.stringify({ query, variables }),
  });
  const answer = envelope.parse(await response.json());
  if (answer.errors !== undefined) throw new ApiError(answer.errors);
  return data.parse(answer.data);
}

const page = z.object({
  anomalies: z.object({
    totalCount: z.int(),
    nodes: z.array(anomaly),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

/** All that nobody has judged, newest first. A cursor stays where it is while new anomalies come: none is shown twice or left out. */
async function* unlabelled(service: string | undefined, first: number): AsyncGenerator<Anomaly> {
  let after: string | null = null;
  for (;;) {
    const { anomalies }: z.infer<typeof page> = await ask(
      `query ($filter: AnomalyFilter, $first: Int, $after: String) {
        anomalies(filter: $filter, first: $first, after: $after) {
          totalCount nodes { ${ANOMALY_FIELDS} } pageInfo { hasNextPage endCursor } } }`,
      { filter: { verdict: "UNLABELLED", service }, first, after },
      page,
    );
    yield* anomalies.nodes;
    if (!anomalies.pageInfo.hasNextPage) return;
    after = anomalies.pageInfo.endCursor;
  }
}

/** Anomalies from now on. There is no replay: after a broken connection, which is opened again, ask the list for what came meanwhile. */
async function* detected(service: string | undefined): AsyncGenerator<Anomaly> {
  const client = createClient({
    url: `${api.replace(/^http/, "ws")}/graphql`,
    connectionParams: authorization,
    on: { connected: () => console.error("following") },
  });
  const told = client.iterate({
    query: `subscription ($service: String) { anomalyDetected(service: $service) { ${ANOMALY_FIELDS} } }`,
    variables: { service },
  });
  try {
    for await (const { data } of told)
      yield z.object({ anomalyDetected: anomaly }).parse(data).anomalyDetected;
  } finally {
    await client.dispose();
  }
}

/** The last word counts; undoFeedback takes one back. */
async function giveFeedback(anomalyId: string, isTrueAnomaly: boolean, note: string | undefined) {
  const { addFeedback } = await ask(
    "mutation ($input: FeedbackInput!) { addFeedback(input: $input) { id } }",
    { input: { anomalyId, isTrueAnomaly, note } },
    z.object({ addFeedback: z.object({ id: z.string() }) }),
  );
  return addFeedback.id;
}

const threshold = z.object({ mode: z.string(), value: z.number(), changeId: z.string().nullable() });
const preview = z.object({
  alertsPerDay: z.number(),
  precision: z.number().nullable(),
  recall: z.number().nullable(),
  missed: z.array(z.object({ id: z.string() })),
});

/** The threshold as it is, and what `value` would have done in the last 30 days. */
async function tryThreshold(service: string, value: number | undefined) {
  const from = new Date(Date.now() - 30 * 86_400_000).toISOString();
  return ask(
    `query ($service: String!, $value: Float!, $from: DateTime, $isTried: Boolean!) {
      threshold(service: $service) { mode value changeId }
      thresholdPreview(service: $service, value: $value, from: $from) @include(if: $isTried) {
        alertsPerDay precision recall missed { id } } }`,
    { service, value: value ?? 0, from, isTried: value !== undefined },
    z.object({ threshold, thresholdPreview: preview.optional() }),
  );
}

/**
 * Sets it unless somebody has changed it since `basedOn`, the changeId that was seen (null: nobody had changed it).
 * @returns undefined when somebody has: nothing was changed then
 */
async function setThreshold(service: string, value: number, basedOn: string | null) {
  try {
    const answer = await ask(
      "mutation ($input: ThresholdInput!) { setThreshold(input: $input) { mode value changeId } }",
      { input: { service, value, basedOn } },
      z.object({ setThreshold: threshold }),
    );
    return answer.setThreshold;
  } catch (error) {
    if (error instanceof ApiError && error.code === "CONFLICT") return undefined;
    throw error;
  }
}

function show({ id, time, service, score, explanation }: Anomaly): void {
  console.log([id, time, service, score.toFixed(3), explanation.summary].join("\t"));
}

async function follow(count: number): Promise<void> {
  let shown = 0;
  for await (const one of detected(options.service)) {
    show(one);
    shown += 1;
    if (shown >= count) return;
  }
}

async function changeThreshold(service: string, text: string | undefined): Promise<void> {
  const value = text === undefined ? undefined : Number(text);
  const seen = await tryThreshold(service, value);
  console.log(JSON.stringify(seen));
  if (value === undefined) return;
  const basedOn = options["based-on"] ?? seen.threshold.changeId;
  const changed = await setThreshold(service, value, basedOn);
  if (changed !== undefined) return console.log(JSON.stringify(changed));
  const { threshold: now } = await tryThreshold(service, undefined);
  console.error(
    `Somebody has changed it meanwhile; nothing was changed now. It is ${JSON.stringify(now)}: look at it, and decide again.`,
  );
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const [first, second, ...rest] = words;
  if (command === "list")
    for await (const one of unlabelled(options.service, Number(options.page))) show(one);
  else if (command === "follow") await follow(Number(options.count ?? Number.POSITIVE_INFINITY));
  else if (command === "feedback" && first !== undefined && (second === "true" || second === "false"))
    console.log(await giveFeedback(first, second === "true", rest.join(" ") || undefined));
  else if (command === "threshold" && first !== undefined) await changeThreshold(first, second);
  else throw new Error("usage: list | follow | feedback ID true|false [NOTE] | threshold SERVICE [VALUE]");
}

run().catch((error: unknown) => {
  console.error(error instanceof ApiError ? `${error.code}: ${error.message}` : String(error));
  process.exitCode = 1;
});
