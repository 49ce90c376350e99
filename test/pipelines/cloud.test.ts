import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeRequest, type NewRecord } from "../../processor/wire/encode.ts";
import { sendHttp } from "../edges/senders.ts";
import { freePort } from "../helpers/free-port.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { expectOnce } from "./expect-once.ts";
import { recipe, sharedStage } from "./pipeline.ts";

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);
const RECIPES = ["cloudwatch", "google-cloud"];
/** A Collector that has the clouds' receivers; the one that the tests build has not. */
const contrib = process.env["OTELCOL_CONTRIB_BIN"];

/** The recipe with OTLP at the port where its cloud's receiver stood. */
function withStandIn(name: string, receiver: string, port: number): string {
  const path = join(temporaryDirectory("logbert-cloud"), `${name}.yaml`);
  const standIn = `  otlp/cloud:\n    protocols: { http: { endpoint: "127.0.0.1:${port}" } }\n`;
  writeFileSync(
    path,
    readFileSync(recipe(name), "utf8")
      .replace(new RegExp(`^  ${receiver}:\\n(    .*\\n)+`, "m"), standIn)
      .replace(`receivers: [${receiver}]`, "receivers: [otlp/cloud]")
      .replace("  googlecloudlogentry_encoding: {}\n", "")
      .replace(", googlecloudlogentry_encoding]", "]"),
  );
  return path;
}

const record = (i: number, body: string, severityNumber = 0): NewRecord => ({
  timeUnixNano: BigInt(START_MS + i) * 1_000_000n,
  severityNumber,
  body,
});

const stage = sharedStage();

describe("clouds, but for their receivers", () => {
  testWith([collector()], "CloudWatch's records get a service and a severity", async ([otelcol = ""]) => {
    const port = await freePort();
    const running = await (await stage()).run(
      "cloudwatch",
      otelcol,
      ["--config", withStandIn("cloudwatch", "aws_cloudwatch", port)],
      {},
    );
    const attributes = {
      "aws.region": "eu-west-1",
      "cloudwatch.log.group.name": "/aws/lambda/checkout",
      "cloudwatch.log.stream": "2026/11/30/[$LATEST]5b1e0c0e",
      "cloud.account.id": "123456789012",
    };
    const bodies = [
      "[ERROR] 2026-11-30T14:05:09.123Z 5b1e Task failed\n",
      "START RequestId: 5b1e Version: $LATEST\n",
    ];
    const records = bodies.map((body, i) => record(i, body));
    await sendHttp(`127.0.0.1:${port}`, encodeRequest([{ attributes, records }]));
    await running.arrived(2);
    expectOnce(await running.stop(), [
      { service: "checkout", body: bodies[0] ?? "", severityNumber: 17, timeMs: START_MS },
      { service: "checkout", body: bodies[1] ?? "", severityNumber: 0, timeMs: START_MS + 1 },
    ]);
  });

  testWith([collector()], "Google Cloud's records get a service", async ([otelcol = ""]) => {
    const port = await freePort();
    const running = await (await stage()).run(
      "google-cloud",
      otelcol,
      ["--config", withStandIn("google-cloud", "googlecloudpubsub", port)],
      {},
    );
    const labels = [
      { "gcp.label.container_name": "checkout", "gcp.label.pod_name": "checkout-5c7d" },
      { "gcp.label.service_name": "payment", "gcp.label.revision_name": "payment-00002" },
      {},
    ];
    const resources = labels.map((label, i) => ({
      attributes: { "gcp.project": "shop", "cloud.resource_id": "stderr", ...label },
      records: [record(i, `order ${i} failed`, 17)],
    }));
    await sendHttp(`127.0.0.1:${port}`, encodeRequest(resources));
    await running.arrived(3);
    expectOnce(
      await running.stop(),
      ["checkout", "payment", "stderr"].map((service, i) => ({
        service,
        body: `order ${i} failed`,
        severityNumber: 17,
        timeMs: START_MS + i,
      })),
    );
  });
});

describe.runIf(contrib !== undefined)("clouds with OTELCOL_CONTRIB_BIN", () => {
  test.each(RECIPES)("%s is valid as it is", (name) => {
    const { status, stderr } = spawnSync(contrib ?? "", ["validate", "--config", recipe(name)], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
