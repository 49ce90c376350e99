import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { startGrpcNextHop } from "../edges/next-hop.ts";
import { sendGrpc } from "../edges/senders.ts";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startCollector } from "../pipelines/collector-process.ts";
import { deployFile } from "./manifests.ts";

const TOKEN = "token-0123456789abcdef";
const gateway = deployFile("gateway.yaml");

testWith(
  [collector()],
  "the gateway's configuration is a valid one, alone and with a backend's",
  async ([otelcol = ""]) => {
    for (const backend of [[], ["--config", deployFile("../docs/backends/loki.yaml")]]) {
      const { status, stderr } = spawnSync(otelcol, ["validate", "--config", gateway, ...backend], {
        encoding: "utf8",
        env: { ...process.env, LOGBERT_INTAKE_TOKEN: TOKEN },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  },
);

function aRecordOf(service: string, body: string): Uint8Array {
  const records = [{ timeUnixNano: 1n, body }];
  return encodeRequest([{ attributes: { "service.name": service }, records }]);
}

/** Bodies in the order in which they came. */
function bodiesOf(request: Uint8Array): string[] {
  return readRequest(request).records.map(({ body }) => String(body));
}

testWith(
  [collector()],
  "records go through the gateway, a stage and back, once and in order, over a restart of the stage",
  async ([otelcol = ""]) => {
    const backend = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const arrived = () => backend.received.flatMap(bodiesOf);
    const [agents, scored, health] = await Promise.all([freePort(), freePort(), freePort()]);
    const options = {
      settings: {
        receive: { auth: { tokens: [{ name: "gateway", token: TOKEN }] } },
        forward: { endpoint: `127.0.0.1:${scored}` },
      },
    };
    let logbert: LogbertProcess = await startLogbert(options);
    const running = await startCollector({
      binary: otelcol,
      arguments: ["--config", gateway],
      environment: {
        LOGBERT_INTAKE_TOKEN: TOKEN,
        LOGBERT_COLLECTOR_STATE: temporaryDirectory("gateway"),
        LOGBERT_AGENTS_ENDPOINT: `127.0.0.1:${agents}`,
        LOGBERT_SCORED_ENDPOINT: `127.0.0.1:${scored}`,
        LOGBERT_STAGES: "127.0.0.1",
        LOGBERT_STAGES_PORT: String(logbert.ports.grpc),
        LOGBERT_BACKEND: backend.address,
      },
      health: `127.0.0.1:${health}`,
    });
    const send = async (body: string) =>
      expect((await sendGrpc(`127.0.0.1:${agents}`, aRecordOf("shop", body))).code).toBe(0);
    const arrives = (count: number) =>
      waitFor("the records at the backend", () => (arrived().length >= count ? true : undefined));
    try {
      for (const body of ["order 1", "order 2"]) await send(body);
      await arrives(2);
      await logbert.stop();
      for (const body of ["order 3", "order 4"]) await send(body);
      logbert = await startLogbert({ ...options, ports: logbert.ports, directory: logbert.directory });
      await arrives(4);
      expect(arrived()).toEqual(["order 1", "order 2", "order 3", "order 4"]);
    } catch (error) {
      throw new Error(running.log(), { cause: error });
    } finally {
      await running.stop();
      await logbert.stop();
      await backend.close();
    }
  },
);
