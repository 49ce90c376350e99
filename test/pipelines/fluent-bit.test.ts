import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startFluentBit } from "./fluent-bit-process.ts";

/** The program; no registry has it, so whoever has one names it. */
const binary = process.env["FLUENT_BIT_BIN"];

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);
/** More than go into one request by default. */
const ORDERS = 5_000;
const SEVERITIES = { INFO: 9, WARN: 13, ERROR: 17 };
const TRACE = [
  "java.lang.IllegalStateException: gateway closed",
  "\tat com.example.checkout.Gateway.capture(Gateway.java:91)",
  "Caused by: java.net.SocketTimeoutException: Read timed out",
].join("\n");

/** A record as the file output writes it. */
const scored = z.looseObject({
  log: z.string(),
  level: z.string(),
  severity_text: z.string(),
  "anomaly.score": z.number(),
  "anomaly.is_anomaly": z.boolean(),
  "log.record.template": z.string(),
  resource: z.object({ "service.name": z.string() }),
});

/** A record of the file, as it should come back. */
interface Entry {
  readonly body: string;
  readonly level: string;
  readonly timeMs: number;
}

function readBack(path: string): Entry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [, seconds = "", record = ""] = /^scored: \[(\d+\.\d+), (.*)\]$/.exec(line) ?? [];
    const { log, level, severity_text, resource } = scored.parse(JSON.parse(record));
    expect([severity_text, resource["service.name"]]).toEqual([level, "checkout"]);
    return { body: log, level, timeMs: Math.round(Number(seconds) * 1_000) };
  });
}

const TRACE_ID = "0102030405060708090a0b0c0d0e0f10";
const SPAN_ID = "0a0b0c0d0e0f1011";

/** A record of somebody else's, with a trace. */
async function send(url: string, written: Entry[]): Promise<void> {
  const entry = { body: "GET /cart", level: "INFO", timeMs: START_MS + written.length * 1_001 };
  written.push(entry);
  const record = {
    timeUnixNano: BigInt(entry.timeMs) * 1_000_000n,
    body: entry.body,
    severityText: "INFO",
    attributes: { level: "INFO" },
    traceId: TRACE_ID,
    spanId: SPAN_ID,
  };
  const body = Buffer.from(
    encodeRequest([{ attributes: { "service.name": "checkout" }, records: [record] }]),
  );
  const { ok } = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body,
  });
  expect(ok).toBe(true);
}

/** How the recipes are as they are, and with gRPC in both places. */
const PROTOCOLS = {
  http: { url: "http://", path: "/v1/logs", toLogbert: [] },
  grpc: { url: "", path: "", toLogbert: [["compress: gzip", "grpc: on"]] },
} as const;

describe.runIf(binary !== undefined)("Fluent Bit with logbert in the middle", () => {
  test.each(Object.entries(PROTOCOLS))(
    "lines, stack traces, and what is written around a rotation, a restart and an outage arrive exactly once: %s",
    async (name, { url, path, toLogbert }) => {
      const directory = temporaryDirectory("logbert-fluent-bit");
      const logs = join(directory, "app");
      mkdirSync(logs);
      const file = join(logs, "checkout.log");
      const written: Entry[] = [];
      const write = (level: keyof typeof SEVERITIES, text: string) => {
        const timeMs = START_MS + written.length * 1_001;
        const time = new Date(timeMs).toISOString().replace("T", " ").replace(".", ",").slice(0, 23);
        const body = `${time} ${level} ${text}`;
        written.push({ body, level, timeMs });
        appendFileSync(file, `${body}\n`);
      };
      const backPort = await freePort();
      const back = await startFluentBit(
        binary ?? "",
        "fluent-bit-back",
        [
          ["/var/lib/fluent-bit-back", join(directory, "back")],
          ["port: 14318", `port: ${backPort}`],
          ["path: /var/log", `path: ${directory}`],
        ],
        backPort,
      );
      const start = (before?: LogbertProcess) =>
        startLogbert({
          settings: {
            // On a busy machine, too, every record has its score.
            detect: { scoring_budget_ms: 60_000 },
            forward: { endpoint: `${url}127.0.0.1:${backPort}${path}` },
            receive: { max_connection_age_ms: 1_000 },
          },
          ...(before === undefined ? {} : { ports: before.ports, directory: before.directory }),
        });
      let logbert = await start();
      const port = name === "grpc" ? logbert.ports.grpc : logbert.ports.http;
      const tail = () =>
        startFluentBit(binary ?? "", "fluent-bit", [
          ["/var/log/app", logs],
          ["/var/lib/fluent-bit", join(directory, "tail")],
          ["port: 4318", `port: ${port}`],
          ...toLogbert,
        ]);
      const output = join(directory, "scored.jsonl");
      const arrived = () =>
        waitFor(`${written.length} records to come back`, () =>
          readBack(output).length >= written.length ? true : undefined,
        );
      let source = await tail();
      try {
        for (let order = 1; order <= ORDERS; order++) write("INFO", `[main] order ${order} accepted`);
        write("ERROR", `[main] an order failed\n${TRACE}`);
        await arrived();
        renameSync(file, `${file}.1`);
        write("WARN", "[main] the first after the rotation");
        await arrived();
        await send(logbert.httpUrl, written);
        await source.stop();
        write("INFO", "[main] written while nobody reads");
        source = await tail();
        await arrived();
        await logbert.stop();
        write("ERROR", "[main] written while nobody scores");
        await waitFor("Fluent Bit to try", () => (/retry|no upstream/.test(source.log()) ? true : undefined));
        logbert = await start(logbert);
        write("INFO", "[main] written when it is back");
        await arrived();
      } finally {
        await source.stop();
        await logbert.stop();
        await back.stop();
      }
      const inOrder = (entries: readonly Entry[]) => entries.toSorted((a, b) => a.timeMs - b.timeMs);
      expect(inOrder(readBack(output))).toEqual(written);
      // A Lua table has no order.
      const text = readFileSync(output, "utf8");
      for (const id of [`"trace_id":"${TRACE_ID}"`, `"span_id":"${SPAN_ID}"`]) expect(text).toContain(id);
    },
  );
});
