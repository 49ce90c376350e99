import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect } from "vitest";
import { z } from "zod";
import { createIsInShare } from "../../processor/thin/share.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { sendGrpc } from "../edges/senders.ts";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

const sampler = join(import.meta.dirname, "../../docs/examples/thinning-collector.yaml");
const sampling = { enabled: true, base_percent: 10, context_records: 3, hold_ms: 0 };
const RECORDS = 1_000;
const REQUESTS = 3;
const ODD = 2_500;

/** Half of the records have a trace id: the sampler takes the randomness of the others from where logbert wrote it. */
const requests = Array.from({ length: REQUESTS }, (_, request) =>
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: RECORDS }, (_, i) => {
        const number = request * RECORDS + i;
        const steps = ["order received", "stock reserved", "card charged", "order shipped"];
        return {
          timeUnixNano: BigInt(1_000_000 + number * 100) * 1_000_000n,
          severityNumber: number === ODD ? 21 : 9,
          body: number === ODD ? "kernel panic: no root" : `${steps[number % 4]} id=${number * 7919}`,
          ...(number % 2 === 0 ? { traceId: traceOf(number) } : {}),
        };
      }),
    },
  ]),
);

function traceOf(number: number): string {
  return ((BigInt(number) * 0x9e3779b97f4a7c15f39cc0605cedc835n) % (1n << 128n))
    .toString(16)
    .padStart(32, "1");
}

const exportedLine = z.object({
  resourceLogs: z.array(
    z.object({
      scopeLogs: z.array(
        z.object({
          logRecords: z.array(
            z.object({
              timeUnixNano: z.string(),
              attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
            }),
          ),
        }),
      ),
    }),
  ),
});

function exported(file: string) {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines
    .filter((line) => line !== "")
    .flatMap((line) => exportedLine.parse(JSON.parse(line)).resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
    .map(({ timeUnixNano, attributes }) => ({
      number: Number(timeUnixNano.slice(0, -8)) - 10_000,
      attributes: new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
    }));
}

const running: LogbertProcess[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGTERM");
  for (const logbert of running.splice(0)) await logbert.stop();
});

describe("records that logbert marks", () => {
  testWith(
    [collector()],
    "are thinned out by a real Collector's sampler to what logbert itself would keep, and its thresholds tell how many there were",
    async ([otelcol = ""]) => {
      const scored = `127.0.0.1:${await freePort()}`;
      const output = join(temporaryDirectory("thinned"), "thinned.jsonl");
      let log = "";
      const child = spawn(otelcol, ["--config", sampler], {
        env: { ...process.env, LOGBERT_SCORED_ENDPOINT: scored, LOGBERT_OUTPUT: output },
        stdio: ["ignore", "ignore", "pipe"],
      });
      child.stderr.on("data", (chunk: Buffer) => {
        log = (log + chunk.toString("utf8")).slice(-20_000);
      });
      children.push(child);
      await waitFor("the Collector to be ready", async () => {
        if (child.exitCode !== null) throw new Error(`the Collector left: ${log}`);
        return log.includes("Everything is ready") || undefined;
      });
      const logbert = await startLogbert({
        settings: { forward: { endpoint: scored }, sampling, detect: { scoring_budget_ms: 20_000 } },
      });
      running.push(logbert);
      for (const request of requests)
        expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
      expect(await logbert.metric("logbert_exporter_sent_log_records_total")).toBe(REQUESTS * RECORDS);
      const isInShare = createIsInShare({ ...sampling, mode: "drop" });
      const share = requests
        .flatMap((bytes) => readRequest(bytes).records)
        .flatMap((record, number) => (isInShare(record) ? [number] : []));
      const arrived = await waitFor("the last request to be written", async () => {
        const records = exported(output);
        return records.some(({ number }) => number >= (share.at(-1) ?? 0)) ? records : undefined;
      });

      const always = arrived.filter(({ attributes }) => attributes.get("sampling.priority") === 100);
      const rest = arrived.filter(({ attributes }) => attributes.get("sampling.priority") === 10);
      expect(always.length + rest.length).toBe(arrived.length);
      const near = [-3, -2, -1, 0, 1, 2, 3].map((distance) => ODD + distance);
      expect(always.map(({ number }) => number)).toEqual(expect.arrayContaining(near));
      const numbers = new Set(arrived.map(({ number }) => number));
      expect(share.filter((number) => !numbers.has(number))).toEqual([]);
      const inShare = new Set(share);
      expect(rest.filter(({ number }) => !inShare.has(number))).toEqual([]);
      expect(rest.length).toBeGreaterThan(50);

      const thresholds = (records: typeof arrived) =>
        new Set(records.map(({ attributes }) => attributes.get("sampling.threshold")));
      expect([...thresholds(always)]).toEqual(["0"]);
      expect([...thresholds(rest)]).toEqual(["e666"]);
      const counted = always.length + rest.length * 10;
      const spread = 5 * Math.sqrt(REQUESTS * RECORDS * 0.1 * 0.9) * 10;
      expect(Math.abs(counted - REQUESTS * RECORDS)).toBeLessThan(spread);
    },
  );
});
