import type { Command } from "commander";
import { inTime } from "../processor/flow/in-time.ts";
import { shownEndpoint } from "../processor/forward/target.ts";
import { createLog, type Log } from "../processor/telemetry/log.ts";
import type { Config } from "./config.ts";
import { exposedDoors } from "./exposed-doors.ts";
import { hangUps } from "./hang-ups.ts";
import { loadConfig } from "./load-config.ts";
import type { Running } from "./reload.ts";
import type { Product } from "./start-product.ts";
import { stopSignal } from "./stop-signal.ts";

/** `logbert serve`: the stage, the GraphQL API and the UI until SIGTERM or SIGINT. */
export function registerServe(program: Command): void {
  program
    .command("serve")
    .description(
      "Run the stage, the GraphQL API and the UI until SIGTERM or SIGINT. SIGHUP has it read its configuration anew.",
    )
    .option(
      "--config <file>",
      "configuration file (default: LOGBERT_CONFIG, else ./logbert.yaml where it exists)",
    )
    .action(async (options: { config?: string }) => {
      // The original program's batch mode: records from standard input, verdicts on standard output.
      if (process.env["BATCH_MODE"]?.toLowerCase() === "true") await scoreStandardInput(options);
      else await serve(options.config);
    });
}

async function scoreStandardInput(options: { config?: string }): Promise<void> {
  const [{ runScore }, { processIo }] = await Promise.all([
    import("./score.ts"),
    import("./lines/command-io.ts"),
  ]);
  process.exitCode = await runScore(["-"], options, processIo());
}

async function serve(file: string | undefined): Promise<void> {
  const read = () => loadConfig({ file, environment: process.env });
  const config = read();
  const stopped = stopSignal();
  const hangs = hangUps(process.stdin.isTTY);
  let running = await startOrLeave(config, stopped);
  // Read now: the files of the program may be other ones by the time it is asked for.
  const { reload } = await import("./reload.ts");
  let signal = await Promise.race([stopped, hangs.next()]);
  while (signal === "SIGHUP") {
    running = await reload(running, { read, start: (next) => startOrLeave(next, stopped) });
    signal = await Promise.race([stopped, hangs.next()]);
  }
  const { log, product } = running;
  log.info({ signal }, "stopping: finishing what is in flight");
  await product.stop();
  log.info("stopped");
}

/** Leaves when it is told to stop before it runs: nothing has been accepted yet, so nothing can be lost, and what hangs at its start
 * is left behind. */
async function startOrLeave(config: Config, stopped: Promise<NodeJS.Signals>): Promise<Running> {
  const log = createLog(config.telemetry.log_level);
  for (const door of exposedDoors(config))
    log.warn(door, "other machines reach this door: see docs/security.md");
  const product = await startUnlessStopped(config, log, stopped);
  if (product === undefined) process.exit(0);
  const { grpcAddress, httpAddress, apiAddress, metricsAddress } = product;
  log.info(
    {
      grpc: grpcAddress,
      http: httpAddress,
      api: apiAddress,
      metrics: metricsAddress,
      forward: shownEndpoint(config.forward.endpoint) || "(sink)",
    },
    "logbert is running",
  );
  return { config, log, product };
}

/** The running product; undefined when it was stopped before, and what of it had started is given back. */
async function startUnlessStopped(
  config: Config,
  log: Log,
  stopped: Promise<NodeJS.Signals>,
): Promise<Product | undefined> {
  const stopping = new AbortController();
  // Read after the configuration, which may be wrong.
  const starting = import("./start-product.ts").then(({ startProduct }) =>
    startProduct(config, log, stopping.signal),
  );
  const first = await Promise.race([starting, stopped]);
  if (typeof first !== "string") return first;
  log.info({ signal: first }, "stopping before it is running");
  stopping.abort();
  const givenBack = starting.then(
    (product) => product.stop(),
    () => undefined,
  );
  await inTime(givenBack, (reason) => log.error({ reason: String(reason) }, "the start could not be ended"));
  return undefined;
}
