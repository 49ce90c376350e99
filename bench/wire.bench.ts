import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Bench } from "tinybench";
import { readRequest } from "../processor/wire/read-request.ts";
import type { NewAttribute } from "../processor/wire/record-view.ts";
import { spliceAttributes } from "../processor/wire/splice.ts";
import {
  type ExportLogsServiceRequest,
  ExportLogsServiceRequestSchema,
} from "../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { KeyValueSchema } from "../proto/gen/opentelemetry/proto/common/v1/common_pb.js";

/** Records of one request, and how long a task is measured. `--quick` only shows that the benchmark still runs. */
const isQuick = process.argv.includes("--quick");
const RECORDS = isQuick ? 10 : 1000;
const TIME_MS = isQuick ? 1 : 2000;

const TEMPLATES = [
  "Received block <*> of size <*> from <*>",
  "PacketResponder <*> for block <*> terminating",
  "connection from <*> closed after <*> ms with status <*>",
];

const bytes = toBinary(ExportLogsServiceRequestSchema, exampleRequest());
const additions = Array.from({ length: RECORDS }, (_, i) => additionsOf(i));

const bench = new Bench({ time: TIME_MS, warmupTime: TIME_MS / 4 });
bench.add("scan", () => {
  readRequest(bytes);
});
bench.add("scan + body, time, severity and trace id of each record", () => {
  let seen = 0;
  for (const record of readRequest(bytes).records) {
    seen += record.body.length + record.severityNumber + (record.traceId?.length ?? 0);
    if (record.timeUnixNano === 0n) seen++;
  }
  if (seen === 0) throw new Error("nothing was read");
});
bench.add("scan + splice of 4 attributes", () => {
  spliceAttributes(readRequest(bytes), (i) => additions[i] ?? []);
});
bench.add("protobuf-es decode + add + encode", () => {
  const request = fromBinary(ExportLogsServiceRequestSchema, bytes);
  addDecoded(request);
  toBinary(ExportLogsServiceRequestSchema, request);
});
await bench.run();

console.log(`${RECORDS} records, ${(bytes.length / RECORDS).toFixed(0)} bytes each; median µs a record:`);
for (const task of bench.tasks) {
  const { result } = task;
  if (result.state === "errored") throw result.error;
  if (result.state !== "completed") throw new Error(`${task.name} did not finish: ${result.state}`);
  console.log(`${((result.latency.p50 * 1000) / RECORDS).toFixed(3).padStart(8)}  ${task.name}`);
}

function exampleRequest(): ExportLogsServiceRequest {
  return create(ExportLogsServiceRequestSchema, {
    resourceLogs: [
      {
        resource: {
          attributes: [text("service.name", "checkout"), text("service.instance.id", "checkout-7f")],
        },
        scopeLogs: [
          {
            scope: { name: "bench" },
            logRecords: Array.from({ length: RECORDS }, (_, i) => exampleRecord(i)),
          },
        ],
      },
    ],
  });
}

function exampleRecord(i: number) {
  const body = `081109 203615 ${i} INFO dfs.DataNode$PacketResponder: PacketResponder ${i} for block blk_${i * 7919}`;
  return {
    timeUnixNano: 1_700_000_000_000_000_000n + BigInt(i),
    observedTimeUnixNano: 1_700_000_000_000_000_001n + BigInt(i),
    severityNumber: 9,
    severityText: "INFO",
    body: { value: { case: "stringValue" as const, value: body.padEnd(200, " terminating") } },
    attributes: [
      text("http.request.method", "GET"),
      text("url.path", "/cart/checkout"),
      text("http.route", "/cart/{action}"),
      text("thread.name", `worker-${i % 16}`),
      text("log.file.name", "datanode.log"),
      { key: "http.response.status_code", value: { value: { case: "intValue" as const, value: 200n } } },
    ],
    traceId: new Uint8Array(16).fill(i + 1),
    spanId: new Uint8Array(8).fill(i + 1),
  };
}

function text(key: string, value: string) {
  return { key, value: { value: { case: "stringValue" as const, value } } };
}

function additionsOf(i: number): readonly NewAttribute[] {
  return [
    { key: "log.record.template", value: TEMPLATES[i % TEMPLATES.length] ?? "" },
    { key: "anomaly.score", value: (i % 100) / 101 },
    { key: "anomaly.is_anomaly", value: i % 100 === 99 },
    { key: "anomaly.model.version", value: "logbert-s/1" },
  ];
}

function addDecoded(request: ExportLogsServiceRequest): void {
  const records = request.resourceLogs.flatMap((r) => r.scopeLogs.flatMap((s) => s.logRecords));
  for (const [i, record] of records.entries()) {
    for (const { key, value } of additions[i] ?? []) {
      const oneOf =
        typeof value === "string"
          ? ({ case: "stringValue", value } as const)
          : typeof value === "number"
            ? ({ case: "doubleValue", value } as const)
            : ({ case: "boolValue", value: value === true } as const);
      record.attributes.push(create(KeyValueSchema, { key, value: { value: oneOf } }));
    }
  }
}
