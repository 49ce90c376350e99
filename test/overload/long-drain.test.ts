import { afterEach, expect, it, vi } from "vitest";
import { aRequest } from "../edges/relay.ts";
import { sendHttp } from "../edges/senders.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startGatedHop, startStageUnderLoad } from "./stage-under-load.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of open.splice(0)) await close();
});

it("a stop waits for requests as long as it is configured to, also longer than for any other step", async () => {
  const hop = await startGatedHop();
  open.push(hop.close);
  const stage = await startStageUnderLoad({
    receive: {
      grpc: { endpoint: "" },
      http: { endpoint: "127.0.0.1:0" },
      drain_timeout_ms: 120_000,
    },
    forward: { endpoint: hop.endpoint, protocol: "http", timeout_ms: 600_000 },
  });
  const sent = sendHttp(stage.httpAddress, aRequest(), { "content-type": "application/x-protobuf" });
  await waitFor("the request at the next hop", () => hop.received.length > 0 || undefined);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const stopped = stage.stop();
  for (let passedMs = 0; passedMs < 110_000; passedMs += 1_000) {
    await vi.advanceTimersByTimeAsync(1_000);
    // What a step of the stop sets off has its turn.
    await new Promise(setImmediate);
  }
  hop.open();
  expect((await sent).status).toBe(200);
  vi.useRealTimers();
  await stopped;
});
