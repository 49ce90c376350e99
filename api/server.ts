import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { monotonicFactory } from "ulid";
import type { LiveRecord } from "../store/live-record.ts";
import type { Store } from "../store/store.ts";
import { createGate } from "./access/gate.ts";
import { createHostCheck } from "./access/host.ts";
import type { AlertsConfig } from "./alerts/config.ts";
import type { VerdictPorts } from "./alerts/give-verdict.ts";
import { VERDICT_PATH } from "./alerts/verdict-path.ts";
import { createAnomalyFeed } from "./anomaly-feed.ts";
import { createBroadcast } from "./broadcast.ts";
import type { ApiConfig } from "./config.ts";
import type { GraphqlService } from "./graphql-service.ts";
import { type Lazy, lazily } from "./lazily.ts";
import { explainNewIncidents } from "./llm/explain-new-incidents.ts";
import type { Explainer } from "./llm/explainer.ts";
import { type Readiness, readinessOf } from "./readiness.ts";
import { splitTarget } from "./request-target.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { createStaticFiles } from "./static-files.ts";

/** What the API is handed. */
export interface ApiPorts {
  readonly config: ApiConfig;
  readonly alerts: AlertsConfig;
  /** Signs the links of alerts; undefined where there are none to say something by. */
  readonly linkSecret: string | undefined;
  /** Asks a language model; undefined where none is configured. */
  readonly explainer: Explainer | undefined;
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The name of the stage that it belongs to, among those that share the store. */
  readonly instance: string;
  readonly version: string;
  /** Directory of the built UI. */
  readonly uiDirectory: string;
  /** Told whether anybody watches the live tail. */
  readonly onWatched: (isWatched: boolean) => void;
  /** Told what callers are not. */
  readonly onError: (error: unknown) => void;
}

/** A listening API. */
export interface Api {
  /** host:port really bound. */
  readonly address: string;
  /** Shows records to those who watch the live tail. */
  show(records: readonly LiveRecord[]): void;
  close(): Promise<void>;
}

/** The address of the API cannot be listened on. */
export class ApiListenError extends Error {
  override readonly name = "ApiListenError";
  readonly remedy: string;
  constructor(endpoint: string, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    super(`api.endpoint: cannot listen on ${endpoint}${code}`, { cause });
    this.remedy = `Stop the program that uses ${endpoint}, or set api.endpoint to another host:port.`;
  }
}

const POLL_INTERVAL_MS = 250;
const LIVE_QUEUE_MAX = 500;
/** Without a byte either way for so long, a connection is closed: a caller that does not take its answer. WebSockets have their pings. */
const SILENT_MS_MAX = 60_000;
const CONNECTIONS_MAX = 1_000;
const READ_METHODS = new Set(["GET", "HEAD"]);

/** Serves GraphQL, the UI and the probes. GraphQL is read when somebody first asks it: where nobody looks it would take a third of
 * the process's memory, and of the time until the probes answer. Rejects with an {@link ApiListenError}. */
export async function startApi(ports: ApiPorts): Promise<Api> {
  const { config, alerts, explainer, store, now, instance, version, onError } = ports;
  const startedAtMs = now();
  const feed = createAnomalyFeed({ store, pollIntervalMs: POLL_INTERVAL_MS, onError });
  const live = createBroadcast<LiveRecord>(LIVE_QUEUE_MAX, (listeners) => ports.onWatched(listeners > 0));
  // Of several words on one anomaly the last one counts, by its id: within a millisecond too.
  const nextId = monotonicFactory();
  const newId = () => nextId();
  const isAllowed = createHostCheck(hostOf(config.endpoint), [
    ...config.allowed_hosts,
    ...publicHost(alerts),
  ]);
  const gate = createGate(config.tokens, () => performance.now());
  const graphql = lazily(async () => {
    const { createGraphqlService } = await import("./graphql-service.ts");
    const { anomalies, incidents } = feed;
    const records = live.listen;
    return createGraphqlService({
      config,
      channels: alerts.channels,
      store,
      explainer,
      now,
      newId,
      instance,
      version,
      anomalies,
      incidents,
      records,
      isAllowed,
      gate,
      onError,
    });
  });
  const files = createStaticFiles(ports.uiDirectory);
  const route = createRouter({
    isAllowed,
    graphql: async (request, response) => (await graphql.get()).handle(request, response),
    verdict: await openVerdicts(ports.linkSecret, { store, now, newId }),
    files,
    readiness: async () => {
      const statuses = await store.statuses().catch(() => []);
      const status = statuses.find((one) => one.instance === ports.instance);
      return readinessOf(status, startedAtMs, now(), config.fail_readiness_on_collapse);
    },
  });
  const server = serve(route, graphql, onError);
  const address = await listen(server, config.endpoint);
  if (explainer?.isAutomatic === true)
    explainNewIncidents(feed.incidents(), { store, explainer, onError }).catch(onError);
  return {
    address,
    show: live.send,
    async close() {
      feed.close();
      live.close();
      const service = await graphql.made()?.catch(() => undefined);
      await service?.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Undefined where there are no links to answer: then it is not read. */
async function openVerdicts(linkSecret: string | undefined, ports: VerdictPorts): Promise<Routes["verdict"]> {
  if (linkSecret === undefined) return undefined;
  const { createVerdictEndpoint } = await import("./alerts/verdict-endpoint.ts");
  return createVerdictEndpoint(linkSecret, ports);
}

function serve(
  route: ReturnType<typeof createRouter>,
  graphql: Lazy<GraphqlService>,
  onError: (error: unknown) => void,
): Server {
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      onError(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.timeout = SILENT_MS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  server.on("upgrade", (request, socket, head) => {
    // Nobody else listens on a socket that left HTTP: a peer that resets it would end the process.
    socket.on("error", () => socket.destroy());
    graphql.get().then(
      (service) => service.upgrade(request, socket, head),
      (error: unknown) => {
        onError(error);
        socket.destroy();
      },
    );
  });
  return server;
}

interface Routes {
  readonly isAllowed: (host: string | undefined, origin: string | undefined) => boolean;
  readonly graphql: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly verdict: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  readonly files: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly readiness: () => Promise<Readiness>;
}

function createRouter(routes: Routes) {
  const { isAllowed, graphql, verdict, readiness } = routes;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { path } = splitTarget(request.url);
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    // Probes come from orchestrators that use any address.
    if (path === "/livez") return answer(response, 200, "alive");
    if (path === "/readyz") return probe(response, await readiness());
    if (!isAllowed(request.headers.host, request.headers.origin))
      return answer(response, 403, "This host name is not allowed; name it in api.allowed_hosts.");
    if (path === "/graphql") return graphql(request, response);
    if (verdict !== undefined && path.startsWith(VERDICT_PATH)) return verdict(request, response);
    return page(request, response, routes);
  };
}

function page(request: IncomingMessage, response: ServerResponse, { files }: Routes): void {
  if (!READ_METHODS.has(request.method ?? "")) answer(response, 405, "Only GET");
  else if (files !== undefined) files(request, response);
  else answer(response, 404, "The UI is not built: run npm run build:ui. GraphQL is at /graphql.");
}

function probe(response: ServerResponse, { isReady, text }: Readiness): void {
  answer(response, isReady ? 200 : 503, text);
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** Under this name browsers reach the page when they follow a link in an alert. */
function publicHost({ public_url: publicUrl }: AlertsConfig): readonly string[] {
  return publicUrl === "" ? [] : [new URL(publicUrl).hostname];
}

function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(":"));
}

async function listen(server: Server, endpoint: string): Promise<string> {
  const host = hostOf(endpoint);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ApiListenError(endpoint, error)));
    server.listen(
      Number(endpoint.slice(endpoint.lastIndexOf(":") + 1)),
      host.replace(/^\[|\]$/g, ""),
      resolve,
    );
  });
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? `${host}:${bound.port}` : endpoint;
}
