import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { create, fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { Health } from "../../proto/gen/grpc/health/v1/health_pb.js";
import { ServerReflection } from "../../proto/gen/grpc/reflection/v1/reflection_pb.js";
import {
  Format,
  type ScoreRequest,
  ScoreRequestSchema,
  Scoring,
} from "../../proto/gen/logbert/v1/scoring_pb.js";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

const root = join(import.meta.dirname, "../..");
const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];
const ODD = "kernel panic: cannot mount root for bob@example.com";

let logbert: LogbertProcess;
beforeAll(async () => {
  logbert = await startLogbert();
});
afterAll(() => logbert.stop());

const clientOf = ({ grpcEndpoint }: LogbertProcess) =>
  createClient(Scoring, createGrpcTransport({ baseUrl: `http://${grpcEndpoint}` }));

function linesOf(service: string, lines: readonly string[], format = Format.UNSPECIFIED): ScoreRequest {
  return create(ScoreRequestSchema, {
    input: { case: "lines", value: { service, lines: [...lines], format } },
  });
}

/** A service's usual day. */
function usual(rounds: number): readonly string[] {
  return Array.from({ length: rounds * STEPS.length }, (_, i) => `${STEPS[i % STEPS.length]} id=${i * 7919}`);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe("lines", () => {
  it("of a stream of batches are judged by what those before have taught; the odd one is flagged, stored and explained", async () => {
    const batches = [
      ...Array.from({ length: 5 }, () => linesOf("shop", usual(100))),
      linesOf("shop", [...usual(1), ODD]),
    ];
    const answers = [];
    for await (const answer of clientOf(logbert).scoreStream(each(batches))) answers.push(answer.records);
    expect(answers.map((records) => records.length)).toEqual([400, 400, 400, 400, 400, 5]);
    const last = answers.at(-1) ?? [];
    expect(last.map(({ line, service, isAnomaly }) => ({ line, service, isAnomaly }))).toEqual([
      ...usual(1).map((line) => ({ line, service: "shop", isAnomaly: false })),
      { line: ODD, service: "shop", isAnomaly: true },
    ]);
    expect(last[0]).toMatchObject({ template: "order received id=<NUM>", explanation: "", anomalyId: "" });
    const odd = last[4];
    expect(odd?.score).toBeGreaterThanOrEqual(odd?.threshold ?? 1);
    expect(odd?.explanation).toMatch(/new message/i);
    expect(odd?.explanation).not.toContain("bob@example.com");
    expect(odd?.modelVersion).toBe(SHIPPED_VERSION);
    const anomaly = await waitFor("the anomaly to be stored", async () => {
      const stored = await logbert.graphql(
        `query ($id: ID!) { anomaly(id: $id) { service body explanation { summary } } }`,
        { id: odd?.anomalyId },
      );
      return stored["anomaly"] ?? undefined;
    });
    expect(anomaly).toMatchObject({ service: "shop", explanation: { summary: odd?.explanation } });
  });

  it("that belong together are one record, and those of several services come back in their order", async () => {
    const trace = [
      "java.lang.IllegalStateException: boom",
      "\tat com.acme.A.a(A.java:1)",
      "\tat com.acme.B.b(B.java:2)",
    ];
    const { records } = await clientOf(logbert).score(
      linesOf("traces", ["ERROR payment failed", ...trace, "INFO stopped"], Format.PLAIN),
    );
    expect(records.map(({ line }) => line)).toEqual([
      ["ERROR payment failed", ...trace].join("\n"),
      "INFO stopped",
    ]);
    const json = ["a", "b", "a"].map((service, i) => JSON.stringify({ service, message: `message ${i}` }));
    const mixed = await clientOf(logbert).score(linesOf("other", json, Format.JSON));
    expect(mixed.records.map(({ service, line }) => ({ service, line }))).toEqual(
      json.map((line, i) => ({ service: ["a", "b", "a"][i], line })),
    );
  });
});

describe("records", () => {
  it("of OTLP are judged in the streams of their resource, and not forwarded", async () => {
    const bytes = encodeRequest([
      { attributes: { "service.name": "pay" }, records: [{ timeUnixNano: 1n, body: "paid 17 EUR" }] },
      { attributes: { "service.name": "mail" }, records: [{ timeUnixNano: 2n, body: "sent 3 mails" }] },
    ]);
    const value = fromBinary(ExportLogsServiceRequestSchema, bytes);
    const { records } = await clientOf(logbert).score({ input: { case: "records", value } });
    expect(records).toMatchObject([
      { service: "pay", template: "paid <NUM> EUR", line: "" },
      { service: "mail", template: "sent <NUM> mails", line: "" },
    ]);
    expect(records.every(({ score = -1 }) => score >= 0 && score <= 1)).toBe(true);
    expect(await logbert.metric("logbert_processor_outgoing_items_total")).toBe(0);
  });
});

describe("what cannot be scored is refused in the protocol's own terms", () => {
  const refusalOf = async (request: Parameters<ReturnType<typeof clientOf>["score"]>[0]) => {
    const error = await clientOf(logbert)
      .score(request)
      .then(() => undefined, ConnectError.from);
    return { code: error?.code, message: error?.rawMessage };
  };

  it.each([
    ["nothing", {}, /^input: /],
    ["no service", linesOf(" ", ["a"]), /^lines.service: /],
    ["a line end", linesOf("shop", ["a", "b\nc"]), /^lines.lines\[1\]: /],
    ["more lines than are read in one go", linesOf("shop", Array(20_001).fill("a")), /^lines.lines: /],
    [
      "more records than are read in one go",
      create(ScoreRequestSchema, {
        input: {
          case: "records",
          value: { resourceLogs: [{ scopeLogs: [{ logRecords: Array(20_001).fill({}) }] }] },
        },
      }),
      /^records: /,
    ],
    // Format 99, from a newer client.
    [
      "an unknown format",
      fromBinary(ScoreRequestSchema, Uint8Array.of(10, 8, 10, 4, ...Buffer.from("shop"), 16, 99)),
      /^lines.format: /,
    ],
  ])("%s", async (_, request, message) => {
    const refusal = await refusalOf(request);
    expect(refusal.code).toBe(Code.InvalidArgument);
    expect(refusal.message).toMatch(message);
  });

  it("a message that is too large, and the next one is taken", async () => {
    expect((await refusalOf(linesOf("shop", ["x".repeat(5_000_000)]))).code).toBe(Code.ResourceExhausted);
    expect((await clientOf(logbert).score(linesOf("shop", ["order received id=1"]))).records).toHaveLength(1);
  });
});

describe("tools", () => {
  const buf = (...args: readonly string[]) =>
    spawnSync(
      join(root, "node_modules/.bin/buf"),
      ["curl", "--protocol", "grpc", "--http2-prior-knowledge", ...args],
      {
        encoding: "utf8",
      },
    );
  const url = () => `http://${logbert.grpcEndpoint}`;

  it("find the services by reflection, and call them", () => {
    const listed = buf("--list-methods", url());
    expect(listed.stdout.trim().split("\n").toSorted()).toEqual([
      "grpc.health.v1.Health/Check",
      "grpc.health.v1.Health/Watch",
      "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
      "logbert.v1.Scoring/Score",
      "logbert.v1.Scoring/ScoreStream",
      "opentelemetry.proto.collector.logs.v1.LogsService/Export",
    ]);
    const data = JSON.stringify({ lines: { service: "tool", lines: ["user 17 logged in"] } });
    const called = buf("--data", data, `${url()}/logbert.v1.Scoring/Score`);
    expect(called.stderr).toBe("");
    expect(JSON.parse(called.stdout)).toMatchObject({ records: [{ template: "user <NUM> logged in" }] });
  });

  it.each(["grpc-v1", "grpc-v1alpha"])("that ask by %s", (protocol) => {
    expect(buf("--reflect-protocol", protocol, "--list-services", url()).stdout).toContain(
      "logbert.v1.Scoring",
    );
  });

  it("are told what is not known", async () => {
    const reflection = createClient(ServerReflection, createGrpcTransport({ baseUrl: url() }));
    const request = { messageRequest: { case: "fileContainingSymbol" as const, value: "nobody.Knows" } };
    for await (const { messageResponse } of reflection.serverReflectionInfo(each([request])))
      expect(messageResponse).toMatchObject({ case: "errorResponse", value: { errorCode: Code.NotFound } });
  });

  it("see the service's health", async () => {
    const health = createClient(Health, createGrpcTransport({ baseUrl: url() }));
    expect((await health.check({ service: "logbert.v1.Scoring" })).status).toBe(1);
  });
});

it("the example client prints the odd lines of a file", async () => {
  const file = join(temporaryDirectory("scoring"), "app.log");
  writeFileSync(file, [...usual(500), ODD].join("\n"));
  const child = spawn(process.execPath, ["docs/examples/scoring-client.ts", "--service", "example", file], {
    cwd: root,
    env: { ...process.env, LOGBERT_GRPC_URL: `http://${logbert.grpcEndpoint}` },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stderr).toBe("");
  expect(stdout.trim().split("\n").at(-1)).toMatch(/^0\.\d+\tkernel panic: .*\t.*new message/i);
});

it("each message of a stream is a request, where clients may make only so many", async () => {
  const stage = await startLogbert({
    settings: { receive: { limits: { requests_per_second: 0.001, request_burst: 2 } } },
  });
  try {
    const codes: (Code | number)[] = [];
    const three = Array.from({ length: 3 }, () => linesOf("shop", ["order received id=1"]));
    try {
      for await (const { records } of clientOf(stage).scoreStream(each(three))) codes.push(records.length);
    } catch (error) {
      codes.push(ConnectError.from(error).code);
    }
    expect(codes).toEqual([1, 1, Code.Unavailable]);
    expect(await stage.metric("logbert_receiver_refused_log_records_total")).toBe(1);
    // Who asks by reflection is held to the same.
    const transport = createGrpcTransport({ baseUrl: `http://${stage.grpcEndpoint}` });
    const question = { messageRequest: { case: "listServices" as const, value: "" } };
    const answers = createClient(ServerReflection, transport).serverReflectionInfo(each([question]));
    await expect(answers[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: Code.Unavailable });
    expect(await stage.metric("logbert_receiver_refused_log_records_total")).toBe(2);
  } finally {
    await stage.stop();
  }
});

describe("a stop", () => {
  it("ends a stream that waits for more with UNAVAILABLE, at once", async () => {
    const stage = await startLogbert();
    const waiting = Promise.withResolvers<void>();
    async function* endless() {
      yield linesOf("shop", ["order received id=1"]);
      await waiting.promise;
    }
    const codes: (Code | undefined)[] = [];
    const stream = clientOf(stage).scoreStream(endless())[Symbol.asyncIterator]();
    expect((await stream.next()).value?.records).toHaveLength(1);
    const ended = stream.next().then(
      () => undefined,
      (error: unknown) => codes.push(ConnectError.from(error).code),
    );
    expect(await stage.stop()).toBe(0);
    await ended;
    waiting.resolve();
    expect(codes).toEqual([Code.Unavailable]);
  });
});
