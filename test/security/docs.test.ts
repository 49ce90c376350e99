import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { configSchema } from "../../cli/config.ts";
import { expandEnvironment } from "../../cli/expand-environment.ts";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { collector, openssl, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

const docs = readFileSync(join(import.meta.dirname, "../../docs/security.md"), "utf8");
const TOKEN = "a-token-of-the-docs-0123456789";

function block(language: string, index = 0): string {
  return [...docs.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, "g"))][index]?.[1] ?? "";
}

/** A Collector that reads a file of lines, with this token. */
async function runCollector(otelcol: string, directory: string, config: string, token: string) {
  const file = join(directory, "otelcol.yaml");
  writeFileSync(file, config);
  const child = spawn(otelcol, ["--config", file], {
    cwd: directory,
    env: { ...process.env, LOGBERT_INTAKE_TOKEN: token },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-20_000);
  });
  return {
    said: () => said,
    check() {
      if (child.exitCode !== null) throw new Error(`the Collector left: ${said}`);
    },
    stop: () =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

async function refusedFor(reason: string, { metricsUrl }: LogbertProcess): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const line = text
    .split("\n")
    .find((one) => one.startsWith(`logbert_receiver_refused_log_records_total{reason="${reason}"`));
  return Number(line?.split(" ")[1] ?? 0);
}

describe("the worked example of docs/security.md", () => {
  it("is a valid configuration", () => {
    const config = expandEnvironment(parseYaml(block("yaml")), { LOGBERT_INTAKE_TOKEN: TOKEN });
    expect(configSchema.parse(config).forward.metadata_keys).toEqual(["x-scope-orgid"]);
  });

  testWith(
    [collector(), openssl()],
    "works as it is written: mutual TLS both ways and a token, with a real Collector; another token gets nothing in",
    async ([otelcol = ""]) => {
      const directory = temporaryDirectory("logbert-secure");
      execFileSync("bash", ["-euc", block("sh")], { cwd: directory, stdio: "pipe" });
      const [grpc, http, api, metrics, scored] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
      const atPorts = (text: string) =>
        text
          .replaceAll("127.0.0.1:4317", `127.0.0.1:${grpc}`)
          .replaceAll("127.0.0.1:14317", `127.0.0.1:${scored}`);
      writeFileSync(join(directory, "app.log"), Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join(""));
      const settings = z
        .record(z.string(), z.record(z.string(), z.unknown()))
        .parse(parseYaml(atPorts(block("yaml"))));
      const ports = { grpc: grpc ?? 0, http: http ?? 0, api: api ?? 0, metrics: metrics ?? 0 };
      const logbert = await startLogbert({
        directory,
        settings,
        ports,
        environment: { LOGBERT_INTAKE_TOKEN: TOKEN },
      });
      const config = atPorts(block("yaml", 1));
      const output = join(directory, "scored.jsonl");

      const stranger = await runCollector(otelcol, directory, config, `${TOKEN}x`);
      await waitFor("the wrong token to be refused", async () => {
        stranger.check();
        return (await refusedFor("unauthenticated", logbert)) > 0 ? true : undefined;
      });
      await stranger.stop();
      expect(existsSync(output) ? readFileSync(output, "utf8") : "").toBe("");
      expect(stranger.said()).toContain("Unauthenticated");

      const trusted = await runCollector(otelcol, directory, config, TOKEN);
      const arrived = await waitFor("every line to come back", async () => {
        trusted.check();
        const text = existsSync(output) ? readFileSync(output, "utf8") : "";
        return Array.from({ length: 20 }, (_, i) => `"line ${i}"`).every((line) => text.includes(line))
          ? text
          : undefined;
      });
      expect(arrived).toContain("anomaly.score");
      await trusted.stop();
      expect(await logbert.stop()).toBe(0);
      expect(`${logbert.stderr()}${trusted.said()}${stranger.said()}`).not.toContain(TOKEN);
    },
    180_000,
  );
});

describe("docs/security.md", () => {
  it("names the defaults", () => {
    const { receive } = configSchema.parse({});
    const { limits } = receive;
    for (const [key, value] of [
      ["max_connections", limits.max_connections],
      ["max_connections_per_client", limits.max_connections_per_client],
      ["request_burst", limits.request_burst],
    ] as const)
      expect(docs).toMatch(new RegExp(`${key}\` \\(${value.toLocaleString("en-US")}\\)`));
    expect(docs).toContain(`max_header_bytes\` (${limits.max_header_bytes / 1_024} KiB)`);
    expect(docs).toContain(`header_timeout_ms\` (${limits.header_timeout_ms / 1_000} s)`);
    expect(docs).toContain(`reload_interval_ms\` (${receive.grpc.tls.reload_interval_ms / 1_000} s)`);
    expect(limits.requests_per_second).toBe(0);
  });
});
