import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

const executable = join(import.meta.dirname, "../../bin/logbert.js");

interface Starting {
  readonly child: ChildProcess;
  readonly database: string;
  readonly metricsUrl: string;
  readonly apiUrl: string;
}

async function begin(environment: Readonly<Record<string, string>> = {}): Promise<Starting> {
  const directory = temporaryDirectory("logbert-start");
  const [grpc, http, api, metrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const database = join(directory, "logbert.db");
  const file = join(directory, "logbert.yaml");
  const config = {
    receive: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } },
    store: { path: database },
    api: { endpoint: `127.0.0.1:${api}` },
    telemetry: { metrics_endpoint: `127.0.0.1:${metrics}` },
  };
  writeFileSync(file, stringify(config));
  const child = spawn(process.execPath, [executable, "serve", "--config", file], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.resume();
  return { child, database, metricsUrl: `http://127.0.0.1:${metrics}/`, apiUrl: `http://127.0.0.1:${api}/` };
}

/** The exit code, once nothing holds its stderr any more: neither itself nor the API's process, which inherits it. */
function endOfAll(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}

const isDatabaseThere = ({ database }: Starting) => (existsSync(database) ? true : undefined);
/** The next thing that starts is the API's process. */
const areMetricsThere = ({ metricsUrl }: Starting) =>
  fetch(metricsUrl).then(
    () => true,
    () => undefined,
  );

it.each([
  ["the model is loaded", isDatabaseThere],
  ["the API starts", areMetricsThere],
])("a stop while %s ends everything with 0", async (_, reached) => {
  const starting = await begin();
  await waitFor("that moment", () => reached(starting));
  const ended = endOfAll(starting.child);
  starting.child.kill("SIGTERM");
  expect(await ended).toBe(0);
  await expect(fetch(starting.apiUrl)).rejects.toThrow("fetch failed");
});

it("a stop while the program is still read ends it with 0", async () => {
  const stopsItself = `import { registerHooks } from "node:module";
    registerHooks({
      load(url, context, next) {
        if (url.endsWith("/cli/logbert.ts")) process.kill(process.pid, "SIGTERM");
        return next(url, context);
      },
    });`;
  const { child } = await begin({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stopsItself)}`,
  });
  expect(await endOfAll(child)).toBe(0);
});

it("a crash while the API starts leaves no process behind", async () => {
  const starting = await begin();
  await waitFor("the API to start", () => areMetricsThere(starting));
  const ended = endOfAll(starting.child);
  starting.child.kill("SIGKILL");
  expect(await ended).toBeNull();
  await expect(fetch(starting.apiUrl)).rejects.toThrow("fetch failed");
});
