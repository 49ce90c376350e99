import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { create, fromBinary, toJsonString } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { createRequestRedactor } from "../../processor/redact/redact-request.ts";
import { createIsInShare } from "../../processor/thin/share.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { spliceAttributes } from "../../processor/wire/splice.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "./run-command.ts";

const schema = ExportLogsServiceRequestSchema;
const directory = temporaryDirectory("verify");
const requestsWith = (bodyOf: (record: number, request: number) => string) =>
  Array.from({ length: 4 }, (_, request) =>
    encodeRequest([
      {
        attributes: { "service.name": "shop" },
        records: Array.from({ length: 5 }, (_, record) => ({
          timeUnixNano: BigInt(1 + request * 5 + record),
          body: bodyOf(record, request),
        })),
      },
    ]),
  );
const requests = requestsWith((record, request) => `user ${record} of ${request} logged in`);

/** As the Collector's file exporter writes protobuf, and everything that it compresses. */
function framed(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(message.length);
      return [length, message];
    }),
  );
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** Enriched, cut and joined otherwise, and encoded anew: as two Collectors and a stage leave them. */
function passedOn(change: (body: string) => string = (body) => body): string {
  const enriched = requests.map((bytes) =>
    spliceAttributes(readRequest(bytes), () => [
      { key: "anomaly.score", value: 0.5 },
      { key: "log.record.template", value: "user <*> of <*> logged in" },
    ]),
  );
  const all = enriched.flatMap((bytes) => fromBinary(schema, Uint8Array.from(bytes)).resourceLogs);
  for (const { scopeLogs } of all)
    for (const { logRecords } of scopeLogs)
      for (const { body } of logRecords)
        if (body?.value.case === "stringValue") body.value.value = change(body.value.value);
  return toJsonString(schema, create(schema, { resourceLogs: all.toReversed() }));
}

function verify(args: readonly string[]) {
  return runCommand(["verify-lossless", ...args], { cwd: directory });
}

let before = "";
beforeAll(() => {
  before = file("before.binpb", framed(requests));
});

describe("logbert verify-lossless", () => {
  it.each([
    ["protobuf with lengths", () => before],
    ["compressed protobuf", () => file("zstd", framed(requests.map((bytes) => zstdCompressSync(bytes))))],
    [
      "lines of JSON",
      () => {
        const lines = requests.map((bytes) => toJsonString(schema, fromBinary(schema, bytes)));
        return file("before.jsonl", `${lines.join("\n")}\n`);
      },
    ],
  ])("finds nothing changed in what the stage's own code makes of a capture: %s", async (_, capture) => {
    const { code, stdout } = await verify([capture()]);
    expect(stdout).toBe("20 records in 4 requests: nothing but our attributes changed\n");
    expect(code).toBe(0);
  });

  it("finds nothing changed between two captures, however requests were cut and encoded", async () => {
    const after = file("after.jsonl", `${passedOn()}\n`);
    const { code, stdout } = await verify([before, "--out", after]);
    expect(stdout).toBe("20 records in 4 requests: nothing but our attributes changed\n");
    expect(code).toBe(0);
  });

  it("takes what redact.forward replaces for unchanged, and nothing else", async () => {
    const config = file("redact.yaml", "redact:\n  forward: true\n");
    const through = await verify([before, "--config", config]);
    expect(through.stdout).toBe("20 records in 4 requests: nothing but our attributes changed\n");
    const secret = requestsWith((record) => `user ${record} sent bob@example.com pwd=x from 10.0.0.1`);
    const sent = file("sent.binpb", framed(secret));
    const protect = createRequestRedactor(createRedactor(redactConfig.parse({})));
    const redactedRequests = await Promise.all(secret.map((bytes) => protect(bytes, async () => undefined)));
    const out = file("redacted.binpb", framed(redactedRequests));
    const plain = await verify([sent, "--out", out]);
    expect(plain.stdout).toContain("40 differences");
    const redacted = await verify([sent, "--out", out, "--config", config]);
    expect(redacted.stdout).toBe("20 records in 4 requests: nothing but our attributes changed\n");
    const other = await verify([sent, "--out", sent, "--config", config]);
    expect(other.stdout).toContain("40 differences");
    expect((await verify([sent, "--config", config])).code).toBe(0);
  });

  it("tells what sampling leaves out apart from what is lost", async () => {
    const share = { enabled: true, mode: "drop" as const, base_percent: 50 };
    const config = file("sampling.yaml", stringify({ sampling: { ...share, context_records: 0 } }));
    const isInShare = createIsInShare(share);
    const outside = requests.map(
      (bytes) =>
        new Set([
          ...readRequest(bytes)
            .records.filter((one) => !isInShare(one))
            .map(({ index }) => index),
        ]),
    );
    const count = outside.reduce((sum, { size }) => sum + size, 0);
    const without = (leftOut: (index: number) => ReadonlySet<number> | undefined) =>
      framed(
        requests.map((bytes, at) => spliceAttributes(readRequest(bytes), () => [], undefined, leftOut(at))),
      );
    const thinned = file(
      "thinned.binpb",
      without((at) => outside[at]),
    );
    const told = await verify([before, "--out", thinned, "--config", config]);
    expect(told.stdout).toBe(
      `20 records in 4 requests: nothing but our attributes changed, ${count} records left out by sampling\n`,
    );
    expect([told.code, count > 0 && count < 20]).toEqual([0, true]);
    const inShare = [0, 1, 2, 3, 4].find((index) => outside[0]?.has(index) === false) ?? -1;
    const lost = file(
      "lost.binpb",
      without((at) => (at === 0 ? new Set([inShare]) : undefined)),
    );
    const loss = await verify([before, "--out", lost, "--config", config]);
    expect(loss.stdout).toBe("20 records in 4 requests: 1 differences\na record: did not come out\n");
    expect((await verify([before, "--out", thinned])).stdout).toContain(`: ${count} differences\n`);
  });

  it("knows what sampling leaves out of what is redacted", async () => {
    const share = { enabled: true, mode: "drop" as const, base_percent: 50 };
    const config = file("both.yaml", stringify({ sampling: share, redact: { forward: true } }));
    const redactor = createRedactor(redactConfig.parse({}));
    const isInShare = createIsInShare(share, redactor.plain);
    const secret = requestsWith((record) => `user ${record} sent bob@example.com from 10.0.0.1`);
    const thinned = secret.map((bytes) => {
      const request = readRequest(bytes);
      const out = request.records.filter((record) => !isInShare(record)).map(({ index }) => index);
      return Buffer.from(spliceAttributes(request, () => [], undefined, new Set(out)));
    });
    const left = thinned.reduce((sum, bytes) => sum + readRequest(bytes).records.length, 0);
    const protect = createRequestRedactor(redactor);
    const redacted = await Promise.all(thinned.map((bytes) => protect(bytes, async () => undefined)));
    const [sent, out] = [file("came.binpb", framed(secret)), file("went.binpb", framed(redacted))];
    const { stdout } = await verify([sent, "--out", out, "--config", config]);
    expect(left).toBeLessThan(20);
    expect(stdout).toBe(
      `20 records in 4 requests: nothing but our attributes changed, ${20 - left} records left out by sampling\n`,
    );
  });

  it("runs a capture through the stage's own code with thinning, and finds nothing else missing", async () => {
    const config = file(
      "through.yaml",
      stringify({
        sampling: { enabled: true, mode: "drop", base_percent: 10, context_records: 0 },
        // Of a service that is still learning everything is kept.
        calibrate: { learning_records: 50 },
      }),
    );
    const capture = file("longer.binpb", framed(Array.from({ length: 10 }, () => requests).flat()));
    const { stdout, code } = await verify([capture, "--config", config]);
    expect(stdout).toMatch(
      /^200 records in 40 requests: nothing but our attributes changed, \d+ records left out by sampling\n$/,
    );
    expect(code).toBe(0);
  });

  it("tells what was changed, lost and doubled, by the names of fields alone", async () => {
    const twice = passedOn((body) => (body === "user 3 of 2 logged in" ? "other" : body));
    const after = file("changed.jsonl", `${twice}\n`);
    const { code, stdout } = await verify([before, "--out", after]);
    expect(stdout).toContain("20 records in 4 requests: 2 differences\n");
    expect(stdout).toContain("a record: did not come out\n");
    expect(stdout).not.toContain("user");
    expect(code).toBe(1);
    const doubled = file("doubled.jsonl", `${passedOn()}\n${passedOn()}\n`);
    const second = await verify([before, "--out", doubled, "--differences", "3"]);
    expect(second.stdout).toContain("20 differences\n");
    expect(second.stdout).toContain("and 17 more\n");
  });

  it("leaves with 1 where a file is no capture, and with 2 where the command is wrong", async () => {
    const cut = await verify([file("cut", framed(requests).subarray(0, -3))]);
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining("ends within message 4")]);
    const text = await verify([file("text.log", "a line of a log\n")]);
    expect([text.code, text.stderr]).toEqual([1, expect.stringContaining("neither lines of JSON")]);
    expect((await verify([])).code).toBe(2);
    expect((await verify([before, "--differences", "x"])).code).toBe(2);
  });
});
