import { monotonicFactory } from "ulid";
import { askedBy, missingForAsking } from "../api/llm/config.ts";
import { LLM_OUTCOMES } from "../api/llm/outcomes.ts";
import { type ApiProcess, startApiProcess } from "../api/start-api-process.ts";
import { readModelDirectory } from "../processor/inference/model-directory.ts";
import type { Learning } from "../processor/promote/create-learning.ts";
import { createNoLearning } from "../processor/promote/no-learning.ts";
import { startLearning } from "../processor/promote/start-learning.ts";
import { createRedactor } from "../processor/redact/redact.ts";
import type { StagePorts } from "../processor/stage.ts";
import type { Log } from "../processor/telemetry/log.ts";
import { createMetrics, type Metrics } from "../processor/telemetry/metrics.ts";
import { startMetricsServer } from "../processor/telemetry/metrics-server.ts";
import { createTraces } from "../processor/telemetry/traces.ts";
import { instanceOf } from "../store/config.ts";
import { lockDirectories } from "../store/lock-directory.ts";
import { openStore } from "../store/open-store.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./load-config.ts";
import {
  type OpenModel,
  openFirstScorer,
  openScorer,
  openTriedScorer,
  trainableDirectory,
} from "./open-scorer.ts";
import { ownDirectories, trainingDirectory } from "./own-directories.ts";
import { packageFile } from "./package-files.ts";
import { packageVersion } from "./version.ts";

/** The whole product, running. Addresses are host:port, undefined for what is switched off. */
export interface Product {
  readonly grpcAddress: string | undefined;
  readonly httpAddress: string | undefined;
  readonly apiAddress: string | undefined;
  readonly metricsAddress: string | undefined;
  /** Stops accepting, finishes what is in flight, saves what was learned, and gives everything back. */
  stop(): Promise<void>;
}

/** Starts everything, inner parts first, so that the doors open last; what needs nothing of each other starts together. When one
 * part cannot start, or the signal aborts, what has started is stopped again before this rejects; a part is not left while it
 * starts. */
export async function startProduct(config: Config, log: Log, signal?: AbortSignal): Promise<Product> {
  requireKey(config);
  const opened: (() => Promise<void>)[] = [];
  const keep = <T>(part: T, close: ((part: T) => Promise<void>) | undefined): T => {
    if (close !== undefined) opened.push(() => close(part));
    signal?.throwIfAborted();
    return part;
  };
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    // Before anything is opened: the start of a newer version would change the tables of one that runs.
    keep(lockDirectories(ownDirectories(config)), async (release) => release());
    const version = packageVersion();
    const metrics = keep(createMetrics(), ({ close }) => close());
    const onLost = (reason: unknown) => log.warn({ reason: String(reason) }, "traces were not sent");
    const traces = keep(await createTraces(config.telemetry, version, onLost), ({ close }) => close());
    const newId = monotonicFactory();
    const opening = openStore(config.store).then((store) => keep(store, ({ close }) => close()));
    const parts = [
      opening.then(async (store) => {
        const instance = instanceOf(config.store);
        const ports = { store, instance, metrics, traces, log, now: Date.now, newId: () => newId() };
        return keep({ ports, ...(await openModel(config, ports)) }, ({ close }) => close());
      }),
      startApi(config, opening, version, log, metrics).then((api) => keep(api, api?.stop)),
      startMetrics(config, metrics).then((server) => keep(server, server?.stop)),
      // Most of the program: it is read while threads and the API's process read theirs.
      import("../processor/stage.ts"),
    ] as const;
    // What still starts could not be stopped.
    await Promise.allSettled(parts);
    const [model, api, metricsServer, { startStage }] = await Promise.all(parts);
    const { scorer, encoder, learning, ports } = model;
    const live = () => api?.live();
    const stage = await startStage(config, { ...ports, scorer, encoder, learning, version, live });
    keep(stage, stage.stop);
    return {
      grpcAddress: stage.grpcAddress,
      httpAddress: stage.httpAddress,
      apiAddress: api?.address || undefined,
      metricsAddress: metricsServer?.address,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws a ConfigError where the key of the language model is missing: only who asks needs one. */
function requireKey(config: Config): void {
  const missing = hasApi(config) ? missingForAsking(config.explainer) : undefined;
  if (missing !== undefined) throw new ConfigError("The configuration", [missing]);
}

/** Its process tells alerts as well: it is there without its doors where there are channels. */
function hasApi({ api, alerts }: Config): boolean {
  return api.endpoint !== "" || alerts.channels.length > 0;
}

async function startApi(
  config: Config,
  storeIsOpen: Promise<unknown>,
  version: string,
  log: Log,
  metrics: Metrics,
): Promise<ApiProcess | undefined> {
  const { api, alerts, explainer, store } = config;
  if (!hasApi(config)) return undefined;
  metrics.alertChannels(alerts.channels.map(({ name }) => name));
  if (askedBy(explainer) !== undefined) metrics.explainedBy("llm", LLM_OUTCOMES);
  return startApiProcess({
    config: api,
    alerts,
    explainer,
    store,
    storeIsOpen,
    version,
    uiDirectory: packageFile("dist/ui"),
    onError: (reason) => log.warn({ reason }, "the API"),
    onAlert: metrics.alertSent,
    onExplained: (outcome) => metrics.explained("llm", outcome),
  });
}

function startMetrics({ telemetry }: Config, metrics: Metrics) {
  return optional(telemetry.metrics_endpoint, (endpoint) => startMetricsServer(endpoint, metrics));
}

/** The model in use and what goes on around it: one that is logbert's own learns on, a Hugging Face one stays as it is. */
async function openModel(
  config: Config,
  ports: Pick<StagePorts, "store" | "instance" | "metrics" | "log" | "now" | "newId">,
): Promise<OpenModel & { readonly learning: Learning }> {
  const onDeath = (reason: string) => ports.log.error({ reason }, "the model's thread");
  const patienceMs = config.detect.scoring_budget_ms;
  const configured = trainableDirectory(config.inference);
  if (configured === undefined) {
    const model = await openScorer(config.inference, onDeath, patienceMs);
    return { ...model, learning: createNoLearning(ports.store, ports.now, ports.newId()) };
  }
  const { scorer, learning } = await startLearning(
    { ...config.training, directory: trainingDirectory(config) },
    {
      ...ports,
      configured: { directory: configured, version: readModelDirectory(configured).version },
      openFirst: (directory) => openFirstScorer(directory, config.inference, onDeath, patienceMs),
      openModel: (directory) => openTriedScorer(directory, config.inference, onDeath, patienceMs),
      trainer: { file: process.execPath, args: [packageFile("bin/logbert.js")] },
      redact: createRedactor(config.redact).plain,
      isShared: config.store.url !== "",
    },
  );
  return { scorer, encoder: scorer.encoder, learning, close: scorer.close };
}

async function optional<T>(
  endpoint: string,
  start: (endpoint: string) => Promise<T>,
): Promise<T | undefined> {
  return endpoint === "" ? undefined : start(endpoint);
}
