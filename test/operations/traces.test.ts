import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendGrpc } from "../edges/senders.ts";
import { startLogbert } from "../helpers/logbert-process.ts";

const SPANS = ["logbert.request", "logbert.prepare", "logbert.forward", "logbert.write_down"];

/** A Collector's door for traces, which like a real one takes them at /v1/traces alone. */
async function startTraceDoor() {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (request.url === "/v1/traces") bodies.push(body);
      else response.statusCode = 404;
      response.setHeader("content-type", "application/x-protobuf");
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, bodies, close: () => server.close() };
}

const request = (body: string) =>
  encodeRequest([{ attributes: { "service.name": "shop" }, records: [{ timeUnixNano: 1n, body }] }]);

async function tracesOf(slowMs: number, path = "/v1/traces"): Promise<Buffer> {
  const door = await startTraceDoor();
  const logbert = await startLogbert({
    settings: { telemetry: { traces: { endpoint: door.url + path, slow_ms: slowMs } } },
  });
  expect((await sendGrpc(logbert.grpcEndpoint, request("the cat sat on password=hunter2"))).code).toBe(0);
  // What is still to be sent is sent at the stop.
  expect(await logbert.stop()).toBe(0);
  door.close();
  return Buffer.concat(door.bodies);
}

it("a slow request is traced step by step, without its contents", async () => {
  const traces = await tracesOf(0);
  for (const name of SPANS) expect(traces.includes(name), name).toBe(true);
  expect(traces.includes("cat sat")).toBe(false);
  expect(traces.includes("hunter2")).toBe(false);
  expect(traces.includes("shop")).toBe(false);
});

it.each(["", "/"])(
  "an address without a path is a Collector's, which takes them at /v1/traces: %j",
  async (path) => {
    expect((await tracesOf(0, path)).includes("logbert.request")).toBe(true);
  },
);

it("a fast one is not", async () => {
  expect(await tracesOf(600_000)).toHaveLength(0);
});

it("a door that takes no traces costs nothing but them, and is told", async () => {
  const closed = await startTraceDoor();
  closed.close();
  const logbert = await startLogbert({
    settings: { telemetry: { traces: { endpoint: `${closed.url}/v1/traces`, slow_ms: 0 } } },
  });
  for (const body of ["the cat sat", "the dog sat"])
    expect((await sendGrpc(logbert.grpcEndpoint, request(body))).code).toBe(0);
  await expect.poll(logbert.stderr).toContain("traces were not sent");
  expect(await logbert.stop()).toBe(0);
  expect(logbert.stderr().split("traces were not sent")).toHaveLength(2);
  expect(logbert.stderr()).toContain('"stopped"');
});
