import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { createLog } from "../processor/telemetry/log.ts";
import type { Anomaly } from "../store/anomaly.ts";
import { openStore } from "../store/open-store.ts";
import { type Config, configSchema } from "./config.ts";
import { freeEndpoint } from "./demo/free-endpoint.ts";
import { watchIncidents } from "./demo/watch-incidents.ts";
import { runGenerate } from "./generate.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import { startProduct } from "./start-product.ts";

/**
 * What is played: some minutes of a normal past at once, then a live stream with an incident every 20 s, and once a release. No
 * silence is among them: ten seconds are less than the half minute from which one is told.
 */
const STREAM = {
  rate: "50",
  history: "10m",
  incidents: "new-error,wrong-order,missing-step,burst,odd-value,every=20s,for=10s",
  release: "2m",
  seed: "42",
};

/** `logbert demo`: the whole product on embedded defaults, with a live log stream. */
export function registerDemo(program: Command): void {
  program
    .command("demo")
    .description(
      "Run the whole product on embedded defaults and play a live log stream with incidents into it. Of its usual ports (4000, 4317, 4318, 9464) those that are taken are replaced by free ones.",
    )
    .action(async () => {
      process.exitCode = await runDemo(processIo());
    });
}

/** Runs until the signal says stop; the data directory goes with it. */
async function runDemo(io: CommandIo): Promise<0 | 1> {
  const directory = mkdtempSync(join(tmpdir(), "logbert-demo-"));
  const config = configSchema.parse({
    store: { path: join(directory, "logbert.db") },
    remember: { flush_interval_ms: 250 },
    telemetry: { log_level: "WARN" },
  });
  try {
    return await play(await onFreePorts(config), io);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The usual ports as far as nobody has them: a demonstration needs no port of its own, and takes none away. */
async function onFreePorts(config: Config): Promise<Config> {
  const { receive, api, telemetry } = config;
  const [grpc, http, graphql, metrics] = await Promise.all(
    [receive.grpc.endpoint, receive.http.endpoint, api.endpoint, telemetry.metrics_endpoint].map(
      freeEndpoint,
    ),
  );
  return configSchema.parse({
    ...config,
    receive: {
      ...receive,
      grpc: { ...receive.grpc, endpoint: grpc },
      http: { ...receive.http, endpoint: http },
    },
    api: { ...api, endpoint: graphql },
    telemetry: { ...telemetry, metrics_endpoint: metrics },
  });
}

async function play(config: Config, io: CommandIo): Promise<0 | 1> {
  const product = await startProduct(config, createLog(config.telemetry.log_level));
  const store = await openStore(config.store);
  try {
    await io.out(
      `logbert is running.\n\n  UI       http://${product.apiAddress}/\n  GraphQL  http://${product.apiAddress}/graphql\n  OTLP     ${product.grpcAddress} (gRPC), ${product.httpAddress} (HTTP)\n  Metrics  http://${product.metricsAddress}/metrics\n\nTen minutes of normal logs are played first, then incidents come every 20 s, and after two minutes a release. What comes again and again becomes usual, and is flagged no more. Stop with Ctrl-C.\n\n`,
    );
    const watcher = watchIncidents(
      store,
      (incident, anomaly) =>
        void io.out(
          `Flagged: ${incident.kind} in ${incident.service}, score ${anomaly.score.toFixed(3)}\n  ${anomaly.explanation.summary}\n  http://${product.apiAddress}${pathOf(anomaly)}\n`,
        ),
    );
    const options = { ...STREAM, endpoint: product.grpcAddress };
    // What the environment has a sender show is meant for others.
    await runGenerate(options, { ...io, environment: {} }, watcher.expect);
    await watcher.stop();
    return 0;
  } finally {
    await store.close();
    await product.stop();
  }
}

/** The anomaly's page in the UI. */
function pathOf({ id }: Anomaly): string {
  return `/anomalies/${id}`;
}
