import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { freePort } from "./free-port.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { waitFor } from "./wait-for.ts";

const executable = join(import.meta.dirname, "../../bin/logbert.js");

/** The real program, running. */
export interface LogbertProcess {
  readonly pid: number;
  readonly directory: string;
  readonly ports: LogbertPorts;
  readonly grpcEndpoint: string;
  readonly httpUrl: string;
  readonly apiUrl: string;
  readonly metricsUrl: string;
  /** Its configuration. */
  readonly configFile: string;
  readonly stderr: () => string;
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
  /** The data that a GraphQL operation gives; rejects with its errors. */
  graphql(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** The sum of a metric over its labels; 0 while it has not been exported. */
  metric(name: string): Promise<number>;
}

/** Where it listens on the loopback interface. */
export interface LogbertPorts {
  readonly grpc: number;
  readonly http: number;
  readonly api: number;
  readonly metrics: number;
}

/** What can be set for a run. */
export interface LogbertOptions {
  /** Those of a run before; free ones by default. */
  readonly ports?: LogbertPorts;
  /** Data directory to go on with; a fresh temporary one by default. */
  readonly directory?: string;
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** On a busy machine, too, every record has its score: `detect.scoring_budget_ms` unless a test sets it. */
const SCORING_BUDGET_MS = 60_000;

/** All is ready but for what is around it, the next hop or the brokers that it reads from, which a test may start later. */
const CUT_OFF = /^not ready; the (?:next hop|brokers) /;

/** Starts `logbert serve` and waits until it is ready; its next hop, and brokers to read from, need not be there yet. */
export async function startLogbert(options: LogbertOptions = {}): Promise<LogbertProcess> {
  const directory = options.directory ?? temporaryDirectory("logbert");
  const { grpc, http, api, metrics } = options.ports ?? (await freePorts());
  const settings = options.settings ?? {};
  const door = (transport: string) =>
    z.record(z.string(), z.unknown()).optional().parse(settings["receive"]?.[transport]);
  const config = {
    ...settings,
    receive: {
      ...settings["receive"],
      grpc: { ...door("grpc"), endpoint: `127.0.0.1:${grpc}` },
      http: { ...door("http"), endpoint: `127.0.0.1:${http}` },
    },
    detect: { scoring_budget_ms: SCORING_BUDGET_MS, ...settings["detect"] },
    store: { path: join(directory, "logbert.db") },
    api: { endpoint: `127.0.0.1:${api}`, ...settings["api"] },
    telemetry: { metrics_endpoint: `127.0.0.1:${metrics}`, ...settings["telemetry"] },
  };
  const file = join(directory, "logbert.yaml");
  writeFileSync(file, stringify(config));
  const child = spawn(process.execPath, [executable, "serve", "--config", file], {
    cwd: directory,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-200_000);
  });
  const apiUrl = `http://127.0.0.1:${api}`;
  await waitFor("logbert to be ready", async () => {
    if (child.exitCode !== null) throw new Error(`logbert left with ${child.exitCode}: ${stderr}`);
    const response = await fetch(`${apiUrl}/readyz`).catch(() => undefined);
    if (response === undefined) return undefined;
    const text = await response.text();
    return response.ok || CUT_OFF.test(text) ? true : undefined;
  });
  return {
    pid: child.pid ?? 0,
    directory,
    configFile: file,
    ports: { grpc, http, api, metrics },
    grpcEndpoint: `127.0.0.1:${grpc}`,
    httpUrl: `http://127.0.0.1:${http}/v1/logs`,
    apiUrl,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    stderr: () => stderr,
    stop: () => leave(child, "SIGTERM"),
    kill: async () => void (await leave(child, "SIGKILL")),
    graphql: async (query, variables = {}) => {
      const response = await fetch(`${apiUrl}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = graphqlResponse.parse(await response.json());
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data ?? {};
    },
    metric: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      return text
        .split("\n")
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .reduce((sum, line) => sum + Number(line.replace(/^[^{ ]+(?:\{.*\})? /, "").split(" ")[0]), 0);
    },
  };
}

async function freePorts(): Promise<LogbertPorts> {
  const [grpc, http, api, metrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  return { grpc, http, api, metrics };
}

const graphqlResponse = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).optional(),
});

function leave(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill(signal);
  });
}
