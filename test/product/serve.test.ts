import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { status as Code } from "@grpc/grpc-js";
import SqliteDatabase from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { startGrpcNextHop } from "../edges/next-hop.ts";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { isOurAttribute, removeAttributes } from "../helpers/remove-attributes.ts";
import { SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { deeplyNested } from "../wire/arbitrary-request.ts";
import { runCommand } from "./run-command.ts";

const running: LogbertProcess[] = [];
const start = async (...args: Parameters<typeof startLogbert>) => {
  const logbert = await startLogbert(...args);
  running.push(logbert);
  return logbert;
};
afterEach(async () => {
  for (const logbert of running.splice(0)) await logbert.stop();
});

/** A service's usual day, `rounds` times over. */
function usual(rounds: number, startMs: number): Uint8Array {
  const steps = ["order received", "stock reserved", "card charged", "order shipped"];
  const records = Array.from({ length: rounds * steps.length }, (_, i) => ({
    timeUnixNano: BigInt(startMs + i * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${steps[i % steps.length]} id=${i * 7919}`,
  }));
  return encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
}

function oddity(startMs: number): Uint8Array {
  const record = {
    timeUnixNano: BigInt(startMs) * 1_000_000n,
    severityNumber: 21,
    body: "kernel panic: cannot mount root for bob@example.com",
  };
  return encodeRequest([{ attributes: { "service.name": "shop" }, records: [record] }]);
}

describe("records on their way through", () => {
  it("come out as they went in, with score, verdict and template; the odd one is flagged, stored and explained", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const logbert = await start({ settings: { forward: { endpoint: hop.address } } });
    const sent = [
      ...Array.from({ length: 5 }, (_, i) => usual(100, 1_000_000 + i * 40_000)),
      oddity(1_300_000),
    ];
    for (const request of sent) expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
    const isOurs = (key: string) => isOurAttribute(key, "anomaly");
    expect(hop.received.map((bytes) => Buffer.from(removeAttributes(bytes, isOurs)))).toEqual(
      sent.map((bytes) => Buffer.from(bytes)),
    );
    const records = hop.received.flatMap((bytes) => readRequest(bytes).records);
    expect(records).toHaveLength(2_001);
    for (const record of records) {
      expect(record.attribute("anomaly.score")).toBeTypeOf("number");
      expect(record.attribute("anomaly.is_anomaly")).toBeTypeOf("boolean");
      expect(record.attribute("log.record.template")).toBeTypeOf("string");
    }
    const odd = records.at(-1);
    expect(odd?.attribute("anomaly.is_anomaly")).toBe(true);
    expect(odd?.attribute("anomaly.explanation")).toMatch(
      /^New (?:[A-Z]+ )?message from shop: "kernel panic/,
    );
    expect(odd?.attribute("anomaly.explanation")).not.toContain("bob@example.com");
    expect(odd?.attribute("anomaly.model.version")).toBe(SHIPPED_VERSION);
    const id = odd?.attribute("anomaly.id");
    const anomaly = await waitFor("the anomaly in the API", async () => {
      const data = await logbert.graphql(
        "query ($id: ID!) { anomaly(id: $id) { id service severity body explanation { summary } } }",
        { id },
      );
      return data["anomaly"] ?? undefined;
    });
    expect(anomaly).toMatchObject({
      id,
      service: "shop",
      body: expect.stringMatching(/^kernel panic: cannot mount root for <EMAIL-[b-z]{5}>$/),
      explanation: { summary: odd?.attribute("anomaly.explanation") },
    });
    expect(await logbert.metric("logbert_receiver_accepted_log_records_total")).toBe(2_001);
    expect(await logbert.metric("logbert_exporter_sent_log_records_total")).toBe(2_001);
    expect(await logbert.metric("logbert_scored_log_records_total")).toBe(2_001);
    await hop.close();
  });

  it("go on though others send what is no request", async () => {
    const logbert = await start();
    const bad = [Uint8Array.from([0xff, 1, 2]), aRequest(10).subarray(0, 99), deeplyNested(3_000)];
    for (const bytes of bad) {
      expect(Code[(await sendGrpc(logbert.grpcEndpoint, bytes)).code]).toBe("INVALID_ARGUMENT");
      expect((await sendGrpc(logbert.grpcEndpoint, aRequest())).code).toBe(Code.OK);
    }
    expect(await logbert.metric("logbert_receiver_refused_log_records_total")).toBe(3);
  });

  it("belong to unknown_service where they name none", async () => {
    const logbert = await start({ settings: { remember: { flush_interval_ms: 50 } } });
    const nameless = encodeRequest([
      { attributes: { "service.name": "" }, records: [{ timeUnixNano: 1n, body: "hello" }] },
    ]);
    expect((await sendHttp(logbert.httpUrl.replace(/^http:\/\/|\/v1.*$/g, ""), nameless)).status).toBe(200);
    const services = await waitFor("the service", async () => {
      const { services: found } = await logbert.graphql("{ services { name records } }");
      return Array.isArray(found) && found.length > 0 ? found : undefined;
    });
    expect(services).toEqual([{ name: "unknown_service", records: 1 }]);
  });
});

describe("a restart", () => {
  it("goes on with the same template ids and the same thresholds", async () => {
    const first = await start();
    for (let i = 0; i < 5; i += 1) {
      await sendGrpc(first.grpcEndpoint, usual(100, 1_000_000 + i * 40_000));
    }
    const query =
      "{ templates(first: 50) { nodes { id text count } } services { name threshold { mode value } } }";
    await waitFor("every record to be counted", async () => {
      const counts = JSON.stringify(await first.graphql(query)).match(/"count":500/g);
      return counts?.length === 4 ? true : undefined;
    });
    await first.graphql('mutation { setThreshold(input: { service: "shop", value: 0.91 }) { value } }');
    const before = await first.graphql(query);
    expect(await first.stop()).toBe(0);

    const second = await start({ directory: first.directory });
    expect(await second.graphql(query)).toEqual(before);
    const hop = await sendGrpc(second.grpcEndpoint, usual(10, 2_000_000));
    expect(hop.code).toBe(Code.OK);
    const after = await waitFor("the new records", async () => {
      const data = await second.graphql(query);
      return JSON.stringify(data) === JSON.stringify(before) ? undefined : data;
    });
    const idsOf = (data: Record<string, unknown>) => JSON.stringify(data["templates"]).match(/"id":"[^"]+"/g);
    expect(idsOf(after)).toEqual(idsOf(before));
    expect(after["services"]).toEqual([{ name: "shop", threshold: { mode: "MANUAL", value: 0.91 } }]);
    expect(second.stderr()).not.toContain("could not be read");
  });
});

describe("what keeps it from starting is said, with the remedy", () => {
  const configured = (settings: string) => {
    const directory = temporaryDirectory("logbert-bad");
    writeFileSync(join(directory, "logbert.yaml"), settings);
    return directory;
  };
  const serve = (cwd: string, environment: Readonly<Record<string, string>> = {}) =>
    runCommand(["serve"], { cwd, environment });
  const freePorts = async () =>
    `receive: { grpc: { endpoint: "127.0.0.1:${await freePort()}" }, http: { endpoint: "127.0.0.1:${await freePort()}" } }\napi: { endpoint: "127.0.0.1:${await freePort()}" }\ntelemetry: { metrics_endpoint: "" }\n`;

  it("a wrong type and an unknown key, both at once", async () => {
    const { code, stderr } = await serve(configured('window: { size: "many", sise: 3 }\n'));
    expect(code).toBe(2);
    expect(stderr).toContain("window.size");
    expect(stderr).toContain('"sise"');
  });

  it("a model directory that is missing, or damaged", async () => {
    const missing = await serve(configured(await freePorts()), { LOGBERT_MODEL: "/no/such/model" });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("/no/such/model");
    expect(missing.stderr).toContain("LOGBERT_MODEL");
    const model = temporaryDirectory("logbert-model");
    writeFileSync(join(model, "config.json"), readFileSync("models/logbert-s/config.json"));
    writeFileSync(join(model, "model.onnx"), "not a graph");
    const damaged = await serve(configured(await freePorts()), { LOGBERT_MODEL: model });
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain("is damaged");
  });

  it("a database that another process holds locked", async () => {
    const directory = configured(await freePorts());
    const path = join(directory, "held.db");
    const holder = new SqliteDatabase(path);
    holder.exec("create table t (a); begin exclusive");
    const { code, stderr } = await serve(directory, { DB_PATH: path });
    holder.close();
    expect(code).toBe(1);
    expect(stderr).toContain("is locked by another process");
    expect(stderr).toContain("DB_PATH");
  });

  it.each(["receive.grpc.endpoint", "receive.http.endpoint", "api.endpoint", "telemetry.metrics_endpoint"])(
    "an address that is taken: %s",
    async (key) => {
      const squatter = createServer();
      const port = await new Promise<number>((resolve) => {
        squatter.listen(0, "127.0.0.1", () => {
          const address = squatter.address();
          resolve(typeof address === "object" && address !== null ? address.port : 0);
        });
      });
      const addressOf = async (name: string) => `127.0.0.1:${name === key ? port : await freePort()}`;
      const settings = {
        receive: {
          grpc: { endpoint: await addressOf("receive.grpc.endpoint") },
          http: { endpoint: await addressOf("receive.http.endpoint") },
        },
        api: { endpoint: await addressOf("api.endpoint") },
        telemetry: { metrics_endpoint: await addressOf("telemetry.metrics_endpoint") },
      };
      const { code, stderr } = await serve(configured(JSON.stringify(settings)));
      squatter.close();
      expect(code).toBe(1);
      expect(stderr).toContain(`${key}: cannot listen on 127.0.0.1:${port}`);
    },
  );
});

describe("scoring a file in one go", () => {
  it("prints one JSON object a line, in the file's order", async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `INFO request ${i} took ${i % 50} ms`);
    lines.push("FATAL out of memory: killed process 4711");
    const { code, stdout, stderr } = await runCommand(["score", "-", "--service", "web"], {
      cwd: temporaryDirectory("logbert-score"),
      input: `${lines.join("\n")}\n`,
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const scored = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(scored.map(({ line }) => line)).toEqual(lines);
    expect(Object.keys(scored[0])).toEqual([
      "line",
      "service",
      "template",
      "score",
      "threshold",
      "isAnomaly",
      "explanation",
    ]);
    expect(scored.at(-1)).toMatchObject({ service: "web", isAnomaly: true });
    expect(scored.slice(200, 300).filter(({ isAnomaly }) => isAnomaly)).toEqual([]);
  });

  it("does the same in the original program's batch mode", async () => {
    const { code, stdout } = await runCommand(["serve"], {
      cwd: temporaryDirectory("logbert-batch"),
      input: "one line\nanother line\n",
      environment: { BATCH_MODE: "true" },
    });
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });
});
