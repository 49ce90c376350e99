import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A real OpenSearch node, running alone. */
export interface OpenSearchProcess {
  /** The answer to a request; rejects when it is refused. @param body JSON, or lines of it */
  ask(method: string, path: string, body?: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** The runner looks for its HTTP port up from the one it is given, no further than 9299. */
const PORTS = { first: 8_200, last: 9_299 };

/** @param jars directory of the runner's jars */
export async function startOpenSearch(jars: string): Promise<OpenSearchProcess> {
  const base = temporaryDirectory("opensearch");
  const config = join(base, "node_1/config");
  mkdirSync(config, { recursive: true });
  writeFileSync(
    join(config, "opensearch.yml"),
    stringify({ "network.host": "127.0.0.1", "transport.port": await freePort() }),
  );
  const port = await freeRunnerPort();
  // It lives for seconds: what makes a long run faster makes this one slower.
  const java = ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", join(jars, "*")];
  const runner = ["org.codelibs.opensearch.runner.OpenSearchRunner", "-basePath", base, "-numOfNode", "1"];
  const child = spawn("java", [...java, ...runner, "-baseHttpPort", String(port - 1), "-clusterName", base], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await waitFor("OpenSearch to be up", async () => {
    if (child.exitCode !== null) throw new Error(`OpenSearch left with ${child.exitCode}`);
    return (await fetch(`${url}/_cluster/health`).catch(() => undefined))?.ok === true ? true : undefined;
  });
  return {
    async ask(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
      });
      const answer: unknown = await response.json();
      if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      return answer;
    },
    stop: async () => {
      // Its own way out takes up to five seconds, and there is nothing to save.
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function freeRunnerPort(): Promise<number> {
  const from = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first - 99));
  for (let port = from; port <= PORTS.last; port++) if (await isFree(port)) return port;
  throw new Error(`no free port from ${from} to ${PORTS.last}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
