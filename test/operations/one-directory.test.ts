import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "../product/run-command.ts";

let first: LogbertProcess;
beforeAll(async () => {
  first = await startLogbert();
});
afterAll(() => first.kill());

/** `logbert serve` with ports of its own, and these directories, to its end. */
async function serve(store: string, training = "") {
  const [grpc, http, api, metrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const cwd = temporaryDirectory("second");
  const config = {
    receive: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } },
    store: { path: store },
    training: { directory: training },
    api: { endpoint: `127.0.0.1:${api}` },
    telemetry: { metrics_endpoint: `127.0.0.1:${metrics}` },
  };
  writeFileSync(join(cwd, "logbert.yaml"), stringify(config));
  return runCommand(["serve"], { cwd });
}

const isWell = async () => {
  expect(await first.graphql("{ status { database } }")).toEqual({ status: { database: "ok" } });
};

describe("a second stage in the directory of one that runs", () => {
  it.each([
    ["its database", "logbert.db"],
    ["another database beside it", "other.db"],
  ])("with %s is refused, with who is there and what to do, and the first one goes on", async (_, file) => {
    const { code, stderr } = await serve(join(first.directory, file));
    expect(code).toBe(1);
    expect(stderr).toContain(`another logbert (process ${first.pid}) uses the directory ${first.directory}`);
    expect(stderr).toContain("DB_PATH");
    await isWell();
  });

  it("for its trainings is refused", async () => {
    const { code, stderr } = await serve(join(temporaryDirectory("own"), "logbert.db"), first.directory);
    expect(code).toBe(1);
    expect(stderr).toContain(first.directory);
  });
});

it("a command that reads may run beside a stage", async () => {
  const { stderr } = await runCommand(["explain", "--id", "01"], { cwd: first.directory });
  expect(stderr).toContain("There is no anomaly 01");
});

it("a stage that was killed keeps nobody from its directory", async () => {
  await first.kill();
  expect(readFileSync(join(first.directory, "logbert.pid"), "utf8")).toContain(String(first.pid));
  first = await startLogbert({ directory: first.directory });
  await isWell();
});
