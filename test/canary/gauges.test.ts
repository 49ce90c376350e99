import { afterAll, beforeAll, expect, it } from "vitest";
import { createMetrics, type GaugeSources } from "../../processor/telemetry/metrics.ts";
import { type MetricsServer, startMetricsServer } from "../../processor/telemetry/metrics-server.ts";

let canaries: ReturnType<GaugeSources["canaries"]> = {};
let server: MetricsServer;
beforeAll(async () => {
  const metrics = createMetrics();
  const none = () => 0;
  metrics.observe({
    templatesActive: none,
    templatesEvicted: none,
    thresholds: () => [],
    falseAlarmRates: () => ({ target: 0, observed: 0 }),
    modelVersion: () => "one",
    feedback: () => ({ confirmed: 0, expected: 0 }),
    rememberQueueRows: none,
    recordsInWork: none,
    bytesInFlight: none,
    retryMemoryBytes: none,
    samplingHeldBytes: none,
    canaries: () => canaries,
  });
  server = await startMetricsServer("127.0.0.1:0", metrics);
});
afterAll(() => server.stop());

const told = async () => {
  const text = await (await fetch(`http://${server.address}/metrics`)).text();
  return text.match(/^logbert_canary_\w+ \S+$/gm)?.toSorted() ?? [];
};

it("what canaries measured is told while it is known, and no number before and after that", async () => {
  expect(await told()).toEqual([]);
  canaries = { recallRatio: 0.75, requiredRatio: 0.5 };
  expect(await told()).toEqual([
    "logbert_canary_recall_ratio 0.75",
    "logbert_canary_required_recall_ratio 0.5",
  ]);
  canaries = {};
  expect(await told()).toEqual([
    "logbert_canary_recall_ratio NaN",
    "logbert_canary_required_recall_ratio NaN",
  ]);
});
