import { execFileSync } from "node:child_process";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, inject, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { testDatabase } from "../helpers/test-database.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { runCommand } from "../product/run-command.ts";
import { postgres, startPostgres } from "./postgres-server.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

const PASSWORD = "hunter2secret";

async function start(url: string, directory = temporaryDirectory("logbert")): Promise<LogbertProcess> {
  const logbert = await startLogbert({
    directory,
    environment: { DATABASE_URL: url },
    settings: { remember: { flush_interval_ms: 50, snapshot_interval_ms: 1_000 } },
  });
  undo.push(logbert.stop);
  return logbert;
}

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];

/** A hundred orders of a service's usual day, one each 400 ms. */
function usual(startMs: number): Uint8Array {
  const records = Array.from({ length: 100 * STEPS.length }, (_, i) => ({
    timeUnixNano: BigInt(startMs + i * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${STEPS[i % STEPS.length]} id=${i * 7_919}`,
  }));
  return encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
}

function oddity(startMs: number, body: string): Uint8Array {
  const record = { timeUnixNano: BigInt(startMs) * 1_000_000n, severityNumber: 21, body };
  return encodeRequest([{ attributes: { "service.name": "shop" }, records: [record] }]);
}

async function send(logbert: LogbertProcess, ...requests: readonly Uint8Array[]): Promise<void> {
  for (const request of requests) expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
}

const BODIES = "{ anomalies { edges { node { body explanation { summary } } } } }";
const stored = (logbert: LogbertProcess, body: string) =>
  waitFor(`"${body}" to be stored`, async () => {
    const answer = await logbert.graphql(BODIES).catch(() => undefined);
    return JSON.stringify(answer ?? {}).includes(body) ? true : undefined;
  });
const counted = (logbert: LogbertProcess, records: number) =>
  waitFor("all records to be counted", async () => {
    const { services } = await logbert.graphql("{ services { records } }");
    return JSON.stringify(services) === JSON.stringify([{ records }]) ? true : undefined;
  });

describe("a stage on PostgreSQL", () => {
  it("stores, serves, and goes on after a restart with what it knew", async () => {
    const { settings } = await testDatabase();
    const directory = temporaryDirectory("logbert");
    const first = await start(settings.url ?? "", directory);
    await send(first, ...[0, 1, 2, 3, 4].map((i) => usual(1_000_000 + i * 40_000)));
    await send(first, oddity(1_300_000, "kernel panic: cannot mount root"));
    await stored(first, "kernel panic");
    await first.graphql('mutation { setThreshold(input: { service: "shop", value: 0.95 }) { value } }');
    expect(await first.stop()).toBe(0);

    const second = await start(settings.url ?? "", directory);
    await stored(second, "kernel panic");
    expect(
      await second.graphql('{ threshold(service: "shop") { value } services { name records } }'),
    ).toEqual({
      threshold: { value: 0.95 },
      services: [{ name: "shop", records: 2_001 }],
    });
    const anomalies = await second.metric("logbert_scored_log_records_total");
    await send(second, usual(1_400_000));
    expect(await second.metric("logbert_scored_log_records_total")).toBe(anomalies + 400);
    // Written with what was found in them.
    await counted(second, 2_401);
    expect(await second.graphql("{ anomalies { totalCount } }")).toEqual({ anomalies: { totalCount: 1 } });
  });

  it("lets records through while the server is away, and stores what it found when it is back", async () => {
    const server = await startPostgres(postgres().path ?? "");
    undo.push(server.remove);
    const logbert = await start(server.url);
    await send(logbert, usual(1_000_000));
    await server.stop();
    await send(logbert, usual(1_040_000), oddity(1_100_000, "disk controller is on fire"));
    await server.start();
    await stored(logbert, "on fire");
    await counted(logbert, 801);
  });

  it("tells its password to nobody", async () => {
    const { settings } = await testDatabase();
    const url = (settings.url ?? "").replace("logbert@", `logbert:${PASSWORD}@`);
    const logbert = await start(url);
    await send(logbert, usual(1_000_000));
    const environment = { DATABASE_URL: url };
    const printed = await runCommand(["validate", "--print"], { cwd: logbert.directory, environment });
    expect(printed.stdout).toContain(`"url": "postgres://127.0.0.1`);
    const said = [
      logbert.stderr(),
      printed.stdout,
      execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" }),
      await (await fetch(logbert.metricsUrl)).text(),
      JSON.stringify(await logbert.graphql("{ status { database } }")),
    ];
    for (const text of said) expect(text).not.toContain(PASSWORD);
  });

  it("does not start without its server, and says why", async () => {
    const url = `postgres://logbert:${PASSWORD}@127.0.0.1:9/logbert`;
    const { code, stderr } = await runCommand(["serve"], {
      cwd: temporaryDirectory("logbert"),
      environment: { DATABASE_URL: url },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("127.0.0.1:9/logbert cannot be reached");
    expect(stderr).toContain("DATABASE_URL");
    expect(stderr).not.toContain(PASSWORD);
  });

  it("refuses an address that is none without repeating it", async () => {
    const { code, stderr } = await runCommand(["validate"], {
      cwd: temporaryDirectory("logbert"),
      environment: { DATABASE_URL: `mysql://logbert:${PASSWORD}@localhost/logbert` },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("DATABASE_URL");
    expect(stderr).not.toContain(PASSWORD);
  });
});

it("has a server to be tested on", () => expect(inject("postgresUrl")).toBeDefined());
