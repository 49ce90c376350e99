import { afterAll, beforeAll, expect, it } from "vitest";
import { bodyOf, type Receiver, startReceiver } from "../alerts/receiver.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertOptions, type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { SHIPPED_MODEL } from "../helpers/shipped-model.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { brokenModel } from "./broken-model.ts";
import { normalRequests } from "./send-logs.ts";

let receiver: Receiver;
let product: LogbertProcess;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(async () => {
  await product.kill();
  await receiver.close();
});

async function start(model: string, before: LogbertOptions = {}): Promise<void> {
  const channels = ["ops", "more"].map((name) => ({
    kind: "webhook",
    name,
    url: receiver.url,
    secret: "a secret of plain text",
    allow_private_addresses: true,
  }));
  product = await startLogbert({
    ...before,
    settings: {
      inference: { model },
      canary: { interval_ms: 50 },
      remember: { flush_interval_ms: 50 },
      alerts: { channels, gather_seconds: 600 },
    },
  });
}

async function sendNormal(seed: number): Promise<void> {
  for (const request of normalRequests(seed))
    expect((await sendGrpc(product.grpcEndpoint, request)).code).toBe(0);
}

const QUERY = "{ status { canary { state recallRatio falseAlarmRatio checkedAt collapsedAt } } }";
const canary = async () => JSON.stringify((await product.graphql(QUERY))["status"]);
const readyz = async () => {
  const response = await fetch(`${product.apiUrl}/readyz`);
  return `${response.status} ${(await response.text()).trim()}`;
};
const toldOfDetector = () =>
  receiver.received
    .map(bodyOf)
    .map(({ type, channel }) => `${channel} ${type}`)
    .filter((text) => text.includes("detector"))
    .toSorted();

it("that has a broken model takes records, says so everywhere, and tells once in each channel, over restarts", async () => {
  await start(brokenModel("inverted", -1));
  await waitFor("the collapse", async () => ((await canary()).includes("COLLAPSED") ? true : undefined));
  await sendNormal(1);
  await waitFor("trials on these records", async () =>
    (await canary()).includes('"falseAlarmRatio":0') ? true : undefined,
  );
  expect(await canary()).toContain("COLLAPSED");
  expect(await canary()).toMatch(/"collapsedAt":"2/);
  expect(await product.metric("logbert_canary_recall_ratio")).toBeLessThan(0.5);
  // Ready is what forwards records: that the detector does not work must not lose any.
  expect(await readyz()).toBe("200 ready; the detector does not find what it should");
  await waitFor("a message in each channel", () => (toldOfDetector().length === 2 ? true : undefined));
  await product.stop();

  await start(SHIPPED_MODEL, product);
  // Of these weights nothing bad is known.
  expect(await readyz()).toBe("200 ready");
  await waitFor("the recovery", async () => ((await canary()).includes("WELL") ? true : undefined));
  await waitFor("a message in each channel", () => (toldOfDetector().length === 4 ? true : undefined));
  expect(toldOfDetector()).toEqual([
    "more detector.collapsed",
    "more detector.recovered",
    "ops detector.collapsed",
    "ops detector.recovered",
  ]);
});
