import { createServer } from "node:http";
import { expect, it } from "vitest";
import { createMetrics } from "../../processor/telemetry/metrics.ts";

it("is 1 for the weights in use alone, also after swaps", async () => {
  const metrics = createMetrics();
  let version = "one";
  metrics.observe({
    templatesActive: () => 0,
    templatesEvicted: () => 0,
    thresholds: () => [],
    falseAlarmRates: () => ({ target: 0, observed: 0 }),
    modelVersion: () => version,
    feedback: () => ({ confirmed: 0, expected: 0 }),
    rememberQueueRows: () => 0,
    recordsInWork: () => 0,
    bytesInFlight: () => 0,
    retryMemoryBytes: () => 0,
    samplingHeldBytes: () => 0,
    canaries: () => ({}),
  });
  const server = createServer(metrics.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const named = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return text
      .match(/^logbert_model_info\{.* 1$/gm)
      ?.map((line) => line.replace(/^.*version="(\w+)".*$/, "$1"));
  };
  expect(await named()).toEqual(["one"]);
  version = "two";
  expect(await named()).toEqual(["two"]);
  version = "one";
  expect(await named()).toEqual(["one"]);
  expect(await named()).toEqual(["one"]);
  server.close();
  await metrics.close();
});
