import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { alertsConfig } from "../../api/alerts/config.ts";
import { type ApiConfig, apiConfig } from "../../api/config.ts";
import { type ApiProcess, startApiProcess } from "../../api/start-api-process.ts";
import { openStore } from "../../store/open-store.ts";
import type { StageBatch, Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** What the stage writes when it has nothing new. */
export const NOTHING: StageBatch = {
  anomalies: [],
  samples: [],
  histograms: [],
  services: [],
  templates: [],
  thresholds: [],
  status: undefined,
};

/** A stage's batch that makes the service "shop" known. */
export const SHOP: StageBatch = {
  ...NOTHING,
  services: [{ name: "shop", records: 10, anomalies: 1, learningState: "ready", lastSeenMs: 5_000 }],
  thresholds: [{ service: "shop", value: 0.9 }],
};

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).loose() }).loose())
    .optional(),
});

/** What a GraphQL operation gave. */
export type GraphqlAnswer = z.infer<typeof answer>;

/** An HTTP answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The API's own process over a real database, with what a test needs to reach both. */
export interface ApiUnderTest {
  readonly api: ApiProcess;
  /** The database file. */
  readonly path: string;
  /** A connection of its own, as the stage has. */
  readonly stage: Store;
  /** What callers were not told. */
  readonly hidden: readonly string[];
  ask(query: string, variables?: object): Promise<GraphqlAnswer>;
  /** The code of the first error. */
  codeOf(query: string, variables?: object): Promise<string | undefined>;
  /** A request with headers that fetch would not send; POST when there is a body. */
  raw(target: string, headers?: Readonly<Record<string, string>>, body?: string): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** Starts it on a free port, over a fresh database and a UI of two files. */
export async function startApiUnderTest(
  settings: Partial<ApiConfig> = {},
  alerts: Readonly<Record<string, unknown>> = {},
): Promise<ApiUnderTest> {
  const directory = temporaryDirectory("logbert-api");
  const path = join(directory, "logbert.db");
  const ui = join(directory, "ui");
  mkdirSync(join(ui, "assets"), { recursive: true });
  writeFileSync(join(ui, "index.html"), "<html>the page</html>");
  writeFileSync(join(ui, "assets/app-1.js"), "code()");
  const stage = await openStore({ path });
  const hidden: string[] = [];
  const api = await startApiProcess({
    config: apiConfig.parse({ endpoint: "127.0.0.1:0", ...settings }),
    alerts: alertsConfig.parse(alerts),
    store: { path },
    version: "1.2.3",
    uiDirectory: ui,
    onError: (reason) => hidden.push(reason),
  });
  const ask = async (query: string, variables: object = {}) => {
    const response = await fetch(`http://${api.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return answer.parse(await response.json());
  };
  return {
    api,
    path,
    stage,
    hidden,
    ask,
    codeOf: async (query, variables) => (await ask(query, variables)).errors?.[0]?.extensions.code,
    raw: (target, headers, body) => sendRaw(api.address, target, headers, body),
    async close() {
      await api.stop();
      await stage.close();
    },
  };
}

/** Sends a request with these very headers and target. */
export function sendRaw(
  address: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<RawAnswer> {
  const [host, port] = address.split(":");
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        path: target,
        headers: { host: address, ...headers },
        method: body === undefined ? "GET" : "POST",
        agent: false,
      },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
