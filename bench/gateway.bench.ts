import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { readRequest } from "../processor/wire/read-request.ts";
import { startGrpcNextHop } from "../test/edges/next-hop.ts";
import { sendGrpc } from "../test/edges/senders.ts";
import { freePort } from "../test/helpers/free-port.ts";
import { collector } from "../test/helpers/requirement.ts";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { waitFor } from "../test/helpers/wait-for.ts";
import { startCollector } from "../test/pipelines/collector-process.ts";
import { needed } from "./needed.ts";

/**
 * How long records wait, and which come twice, when one of two stages behind deploy/gateway.yaml ends: after it was taken out of
 * the names (as a pod with its preStop is), before that, and killed. A request of a record of each of ten services is sent every
 * half second. The names are a file of hosts in a mount namespace of its own, so it takes root, `unshare` and Linux. Five minutes.
 */
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" } },
});
const IN_OWN_NAMESPACE = "LOGBERT_OWN_NAMESPACE";
const TOKEN = "token-0123456789abcdef";
const NAME = "logbert-stages.test";
const ADDRESSES = ["127.0.0.2", "127.0.0.3"] as const;
const [, STAYS] = ADDRESSES;
const SERVICES = Array.from({ length: 10 }, (_, i) => `service-${i}`);
const EVERY_MS = 500;
const FIRST_MS = 5_000;
const THEN_MS = 20_000;

type Step = (leaving: ChildProcess) => unknown;
/** What happens first, and 15 s later. */
const ENDS: Readonly<Record<string, readonly [Step, Step]>> = {
  "out of the names, then stopped": [() => name([STAYS]), (stage) => stage.kill("SIGTERM")],
  "stopped, then out of the names": [(stage) => stage.kill("SIGTERM"), () => name([STAYS])],
  "killed, then out of the names": [(stage) => stage.kill("SIGKILL"), () => name([STAYS])],
  "there; nobody is in the names any more": [() => name([]), () => undefined],
};

/** Whom the name means from now on. */
function name(addresses: readonly string[]): void {
  writeFileSync(
    "/etc/hosts",
    ["127.0.0.1 localhost", ...addresses.map((one) => `${one} ${NAME}`), ""].join("\n"),
  );
}

async function startStage(address: string, port: number, forward: string): Promise<ChildProcess> {
  const directory = temporaryDirectory("stage");
  const config = join(directory, "logbert.yaml");
  writeFileSync(
    config,
    stringify({
      receive: {
        grpc: { endpoint: `${address}:${port}` },
        http: { endpoint: "" },
        auth: { tokens: [{ name: "gateway", token: TOKEN }] },
      },
      forward: { endpoint: forward },
      store: { path: join(directory, "logbert.db") },
      api: { endpoint: "" },
      telemetry: { metrics_endpoint: "", log_level: "ERROR" },
    }),
  );
  const executable = join(import.meta.dirname, "../bin/logbert.js");
  const stage = spawn(process.execPath, [executable, "serve", "--config", config], { stdio: "inherit" });
  const metadata = { authorization: `Bearer ${TOKEN}` };
  await waitFor("a stage", async () => {
    const { code } = await sendGrpc(`${address}:${port}`, encodeRequest([]), { metadata });
    return code === 0 ? true : undefined;
  });
  return stage;
}

/** When each record was sent, and when it arrived, in milliseconds. */
interface Passage {
  readonly sent: ReadonlyMap<string, number>;
  readonly arrived: ReadonlyMap<string, readonly number[]>;
}

async function pass(binary: string, [first, then]: readonly [Step, Step]): Promise<Passage> {
  name(ADDRESSES);
  const sent = new Map<string, number>();
  const arrived = new Map<string, number[]>();
  const backend = await startGrpcNextHop((bytes) => {
    for (const { body } of readRequest(bytes).records)
      arrived.set(body, [...(arrived.get(body) ?? []), performance.now()]);
    return { body: new Uint8Array(0) };
  });
  const [port, agents, scored, health] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const gateway = await startCollector({
    binary,
    arguments: ["--config", join(import.meta.dirname, "../deploy/gateway.yaml")],
    environment: {
      LOGBERT_INTAKE_TOKEN: TOKEN,
      LOGBERT_COLLECTOR_STATE: temporaryDirectory("gateway"),
      LOGBERT_AGENTS_ENDPOINT: `127.0.0.1:${agents}`,
      LOGBERT_SCORED_ENDPOINT: `127.0.0.1:${scored}`,
      LOGBERT_STAGES: NAME,
      LOGBERT_STAGES_PORT: String(port),
      LOGBERT_BACKEND: backend.address,
    },
    health: `127.0.0.1:${health}`,
  });
  const start = (address: string) => startStage(address, port, `127.0.0.1:${scored}`);
  const [leaving, staying] = await Promise.all([start(ADDRESSES[0]), start(STAYS)]);
  const startMs = performance.now();
  const later = [delay(FIRST_MS).then(() => first(leaving)), delay(THEN_MS).then(() => then(leaving))];
  while (performance.now() - startMs < Number(values.seconds) * 1000) {
    await sendGrpc(`127.0.0.1:${agents}`, aRequest(sent));
    await delay(EVERY_MS);
  }
  await Promise.all(later);
  await waitFor("the last records", () =>
    [...sent.keys()].every((body) => arrived.has(body)) ? true : undefined,
  );
  await gateway.stop();
  for (const stage of [leaving, staying]) stage.kill("SIGKILL");
  await backend.close();
  return { sent, arrived };
}

function aRequest(sent: Map<string, number>): Uint8Array {
  const now = performance.now();
  const resources = SERVICES.map((service) => {
    const body = `${service} ${sent.size}`;
    sent.set(body, now);
    const records = [{ timeUnixNano: BigInt(Date.now()) * 1_000_000n, body }];
    return { attributes: { "service.name": service }, records };
  });
  return encodeRequest(resources);
}

function rowOf(end: string, { sent, arrived }: Passage): string[] {
  const waits = [...sent].map(
    ([body, at]) => ((arrived.get(body)?.[0] ?? Number.POSITIVE_INFINITY) - at) / 1000,
  );
  const twice = [...arrived.values()].reduce((sum, times) => sum + times.length - 1, 0);
  return [
    end,
    String(sent.size),
    String(twice),
    `${Math.max(...waits).toFixed(1)} s`,
    String(waits.filter((wait) => wait > 5).length),
  ];
}

async function measure(): Promise<void> {
  const binary = needed(collector());
  const hosts = join(temporaryDirectory("hosts"), "hosts");
  copyFileSync("/etc/hosts", hosts);
  const { status } = spawnSync("mount", ["--bind", hosts, "/etc/hosts"], { stdio: "inherit" });
  if (status !== 0) throw new Error("/etc/hosts could not be replaced");
  const rows: string[][] = [];
  for (const [end, steps] of Object.entries(ENDS)) rows.push(rowOf(end, await pass(binary, steps)));
  const head = ["one of two stages is", "records", "twice", "longest wait", "waited for more than 5 s"];
  console.log(markdownTable(head, rows));
}

if (process.env[IN_OWN_NAMESPACE] === undefined) {
  const { status } = spawnSync("unshare", ["--mount", process.execPath, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, [IN_OWN_NAMESPACE]: "1" },
  });
  process.exit(status ?? 1);
}
await measure();
