import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { expectOnce } from "./expect-once.ts";
import { startFakeCloudWatch } from "./fake-cloudwatch.ts";
import { startFakePubSub } from "./fake-pubsub.ts";
import { recipe, sharedStage } from "./pipeline.ts";

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);
/** A Collector that has the clouds' newest receivers, and the encoding of Google's entries. */
const contrib = process.env["OTELCOL_CONTRIB_BIN"];

type Change = readonly [from: string, to: string];

/** What the receivers of the tests' Collector, which are older, are called, and the encoding that it has not. */
const OLDER: Readonly<Record<"cloudwatch" | "google-cloud", readonly Change[]>> = {
  cloudwatch: [["aws_cloudwatch", "awscloudwatch"]],
  "google-cloud": [
    ["  googlecloudlogentry_encoding: {}\n", ""],
    [", googlecloudlogentry_encoding]", "]"],
    ["encoding: googlecloudlogentry_encoding", "encoding: otlp_proto_log"],
  ],
};

/** The recipe for the tests' Collector, and with other changes. */
function adapted(name: keyof typeof OLDER, ...changes: readonly Change[]): string {
  const path = join(temporaryDirectory("logbert-cloud"), `${name}.yaml`);
  let text = readFileSync(recipe(name), "utf8");
  for (const [from, to] of [...OLDER[name], ...changes]) {
    if (!text.includes(from)) throw new Error(`${name}.yaml has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  writeFileSync(path, text);
  return path;
}

function expectValid(binary: string, file: string): void {
  const { status, stderr } = spawnSync(binary, ["validate", "--config", file], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
}

const stage = sharedStage();

describe("clouds, by their receivers, from a fake of their APIs", () => {
  testWith([collector()], "the configurations are valid", async ([otelcol = ""]) => {
    for (const name of ["cloudwatch", "google-cloud"] as const) expectValid(otelcol, adapted(name));
  });

  testWith([collector()], "CloudWatch's events get a service and a severity", async ([otelcol = ""]) => {
    const startMs = Date.now() - 60_000;
    const bodies = [
      "[ERROR] 2026-11-30T14:05:09.123Z 5b1e Task failed\n",
      "START RequestId: 5b1e Version: $LATEST\n",
    ];
    const events = bodies.map((message, i) => ({
      timestamp: startMs + i,
      logStreamName: "2026/11/30/[$LATEST]5b1e0c0e",
      message,
    }));
    const cloud = await startFakeCloudWatch("/aws/lambda/checkout", events);
    const file = adapted("cloudwatch", ["poll_interval: 1m", "poll_interval: 1s"]);
    const running = await (await stage()).run("cloudwatch", otelcol, ["--config", file], {
      AWS_ENDPOINT_URL: cloud.url,
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
    await running.arrived(2);
    expectOnce(await running.stop(), [
      { service: "checkout", body: bodies[0] ?? "", severityNumber: 17, timeMs: startMs },
      { service: "checkout", body: bodies[1] ?? "", severityNumber: 0, timeMs: startMs + 1 },
    ]);
    cloud.close();
  });

  testWith([collector()], "Pub/Sub's get a service, and are acknowledged", async ([otelcol = ""]) => {
    const labels = [
      { "gcp.label.container_name": "checkout", "gcp.label.pod_name": "checkout-5c7d" },
      { "gcp.label.service_name": "payment", "gcp.label.revision_name": "payment-00002" },
      {},
    ];
    // As the encoding makes records of entries.
    const messages = labels.map((label, i) => {
      const attributes = { "gcp.project": "shop", "cloud.resource_id": "stderr", ...label };
      const timeUnixNano = BigInt(START_MS + i) * 1_000_000n;
      return encodeRequest([
        { attributes, records: [{ timeUnixNano, severityNumber: 17, body: `order ${i} failed` }] },
      ]);
    });
    const cloud = await startFakePubSub(messages);
    const file = adapted("google-cloud", [
      "encoding: otlp_proto_log",
      `encoding: otlp_proto_log\n    endpoint: "${cloud.address}"\n    insecure: true`,
    ]);
    const running = await (await stage()).run("google-cloud", otelcol, ["--config", file], {});
    await running.arrived(3);
    await waitFor("acknowledgements", () => (cloud.acknowledged() === 3 ? true : undefined));
    expectOnce(
      await running.stop(),
      ["checkout", "payment", "stderr"].map((service, i) => ({
        service,
        body: `order ${i} failed`,
        severityNumber: 17,
        timeMs: START_MS + i,
      })),
    );
    cloud.close();
  });
});

describe.runIf(contrib !== undefined)("clouds with OTELCOL_CONTRIB_BIN", () => {
  test.each(["cloudwatch", "google-cloud"])("%s is valid as it is", (name) =>
    expectValid(contrib ?? "", recipe(name)),
  );
});
