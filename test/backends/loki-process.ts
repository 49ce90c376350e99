import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A line that a LogQL query gives. */
export interface FoundLine {
  readonly line: string;
  /** Labels and structured metadata, which an answer does not tell apart. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A real Loki, alone on an empty disk, with its defaults for what it takes. */
export interface LokiProcess {
  /** http://host:port */
  readonly url: string;
  /** The lines of the last hour that a query gives. */
  lines(logQl: string): Promise<readonly FoundLine[]>;
  /** What a query of numbers gives now, by service. */
  numbers(logQl: string): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

const texts = z.record(z.string(), z.string());
const streams = z.object({
  data: z.object({
    result: z.array(z.object({ stream: texts, values: z.array(z.tuple([z.string(), z.string()])) })),
  }),
});
const vector = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.strictObject({ service_name: z.string() }),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/** @param binary the program */
export async function startLoki(binary: string): Promise<LokiProcess> {
  const directory = temporaryDirectory("loki");
  const port = await freePort();
  const config = join(directory, "loki.yaml");
  writeFileSync(config, stringify(settings(directory, port, await freePort())));
  const child = spawn(binary, [`-config.file=${config}`], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString("utf8")).slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await waitFor("Loki to be up", async () => {
    if (child.exitCode !== null) throw new Error(`Loki left: ${log}`);
    return (await fetch(`${url}/ready`).catch(() => undefined))?.ok === true ? true : undefined;
  });
  const ask = async (path: string, query: string): Promise<unknown> => {
    const response = await fetch(
      `${url}/loki/api/v1/${path}?${new URLSearchParams({ query, limit: "5000" })}`,
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${query}: ${text}`);
    return JSON.parse(text);
  };
  return {
    url,
    async lines(logQl) {
      const { data } = streams.parse(await ask("query_range", logQl));
      return data.result.flatMap(({ stream, values }) =>
        values.map(([, line]) => ({ line, labels: stream })),
      );
    },
    async numbers(logQl) {
      const { data } = vector.parse(await ask("query", logQl));
      return Object.fromEntries(
        data.result.map(({ metric, value }) => [metric.service_name, Number(value[1])]),
      );
    },
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function settings(directory: string, httpPort: number, grpcPort: number): object {
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: {
      http_listen_address: "127.0.0.1",
      http_listen_port: httpPort,
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: grpcPort,
    },
    common: {
      instance_addr: "127.0.0.1",
      path_prefix: directory,
      storage: {
        filesystem: {
          chunks_directory: join(directory, "chunks"),
          rules_directory: join(directory, "rules"),
        },
      },
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
    },
    schema_config: {
      configs: [
        {
          from: "2024-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
  };
}
