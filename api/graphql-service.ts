import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { NoSchemaIntrospectionCustomRule } from "graphql";
import type { StoredAnomaly } from "../store/anomaly.ts";
import type { Incident } from "../store/incident.ts";
import type { LiveRecord } from "../store/live-record.ts";
import type { Store } from "../store/store.ts";
import type { Gate } from "./access/gate.ts";
import type { Principal } from "./access/principal.ts";
import { queryLimits } from "./access/query-limits.ts";
import { createTurns } from "./access/turns.ts";
import { unconditionalSubscriptions } from "./access/unconditional-subscriptions.ts";
import type { AlertsConfig } from "./alerts/config.ts";
import type { ApiConfig } from "./config.ts";
import { createApollo } from "./create-apollo.ts";
import { createContext } from "./graphql/context.ts";
import { createSchema } from "./graphql/create-schema.ts";
import { toPublic } from "./graphql/errors.ts";
import { createGraphqlEndpoint } from "./graphql-endpoint.ts";
import type { Explainer } from "./llm/explainer.ts";
import { serveSubscriptions } from "./subscriptions.ts";

/** What GraphQL is served from. */
export interface GraphqlPorts {
  readonly config: ApiConfig;
  /** Where incidents are told. */
  readonly channels: AlertsConfig["channels"];
  readonly store: Store;
  /** Asks a language model; undefined where none is configured. */
  readonly explainer: Explainer | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new ULID. */
  readonly newId: () => string;
  /** The name of the stage that the API belongs to, among those that share the store. */
  readonly instance: string;
  readonly version: string;
  /** Anomalies as they are stored, until the iterator is closed. */
  readonly anomalies: () => AsyncGenerator<StoredAnomaly>;
  /** Incidents, each time that anomalies were added to them or that they were judged. */
  readonly incidents: () => AsyncGenerator<Incident>;
  /** Sampled records as they are scored. */
  readonly records: () => AsyncGenerator<LiveRecord>;
  readonly isAllowed: (host: string | undefined, origin: string | undefined) => boolean;
  readonly gate: Gate;
  /** Told what callers are not. */
  readonly onError: (error: unknown) => void;
}

/** GraphQL over HTTP and WebSocket. */
export interface GraphqlService {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes over a connection that wants to become a WebSocket, or ends it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/** Operations at one time: the database answers one call after the other, so that more would only hold more in memory. */
const OPERATIONS_AT_ONCE = 4;
/** Operations that wait for their turn: each may hold a body of `api.max_body_bytes` meanwhile. */
const OPERATIONS_WAITING_MAX = 100;

/** Builds the schema and what answers by it. Throws when the schema and its resolvers do not fit. */
export async function createGraphqlService(ports: GraphqlPorts): Promise<GraphqlService> {
  const { config, gate, onError } = ports;
  const context = (principal: Principal) => createContext(ports, principal);
  const schema = createSchema();
  const { introspection } = config;
  const format = (error: unknown) => toPublic(error, onError, introspection);
  const rules = [
    ...queryLimits(config),
    unconditionalSubscriptions,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  const apollo = createApollo({ schema, rules, format });
  await apollo.start();
  const turns = createTurns(OPERATIONS_AT_ONCE, OPERATIONS_WAITING_MAX);
  const eventTurns = createTurns(OPERATIONS_AT_ONCE, Number.POSITIVE_INFINITY);
  const sockets = serveSubscriptions({ ...ports, schema, context, rules, format, turns, eventTurns });
  return {
    handle: createGraphqlEndpoint({
      server: apollo,
      context,
      gate,
      maxBodyBytes: config.max_body_bytes,
      turns,
    }),
    upgrade: sockets.upgrade,
    async close() {
      await sockets.close();
      await apollo.stop();
    },
  };
}
