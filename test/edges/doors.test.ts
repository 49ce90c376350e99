import { Agent } from "node:http";
import { gzipSync } from "node:zlib";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import { ListenError } from "../../processor/receive/consume.ts";
import { decodeStatus } from "../../processor/wire/rpc-status.ts";
import { type Doors, startDoors } from "./doors.ts";
import { EXPORT_PATH, rawClient } from "./raw-grpc.ts";
import { aRequest } from "./relay.ts";
import { sendGrpc, sendHttp } from "./senders.ts";
import {
  callHealth,
  chunked,
  chunkOf,
  leaveGrpc,
  leaveHttp,
  sendOver,
  upload,
  writeThenRead,
} from "./unusual-senders.ts";

const MIB = 1024 * 1024;
const ok: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const open: Doors[] = [];
afterEach(async () => {
  for (const doors of open.splice(0)) await doors.stop();
});

async function doorsTo(consume: Parameters<typeof startDoors>[0], receive: object = {}): Promise<Doors> {
  const doors = await startDoors(consume, { drain_timeout_ms: 1_000, ...receive });
  open.push(doors);
  return doors;
}

/** A consumer that takes nothing until it is told to; `arrived` when so many requests wait. */
function held(requests = 1) {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  let waiting = 0;
  const consume = async () => {
    waiting += 1;
    if (waiting === requests) arrived.resolve();
    await gate.promise;
    return ok;
  };
  return { consume, arrived: arrived.promise, letGo: gate.resolve };
}

async function takesAGoodRequest(doors: Doors): Promise<void> {
  expect((await sendGrpc(doors.grpcAddress, aRequest())).code).toBe(Code.OK);
  expect((await sendHttp(doors.httpAddress, aRequest())).status).toBe(200);
}

describe("more bytes than the stage may hold", () => {
  it("are refused over both doors with a time to come back, and taken when there is room", async () => {
    const { consume, arrived, letGo } = held();
    const doors = await doorsTo(consume, { max_in_flight_bytes: 10_000 });
    const large = aRequest(200, "some text to fill the message with");
    const first = sendGrpc(doors.grpcAddress, large);
    await arrived;
    const grpc = await sendGrpc(doors.grpcAddress, aRequest());
    expect(grpc.code).toBe(Code.UNAVAILABLE);
    const http = await sendHttp(doors.httpAddress, aRequest());
    expect([http.status, decodeStatus(http.body)?.code]).toEqual([503, Code.UNAVAILABLE]);
    // Not all at the same time.
    const waits = [grpc.retryAfterMs, decodeStatus(http.body)?.retryAfterMs].map((ms) => (ms ?? 0) / 1_000);
    for (const seconds of [...waits, Number(http.headers["retry-after"])]) {
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(3);
    }
    expect(doors.refused).toEqual(["overloaded", "overloaded"]);
    letGo();
    expect((await first).code).toBe(Code.OK);
    await takesAGoodRequest(doors);
  });

  it("are not asked to come back all in the same second", async () => {
    const { consume, arrived, letGo } = held();
    const doors = await doorsTo(consume, { max_in_flight_bytes: 10_000 });
    const first = sendHttp(doors.httpAddress, aRequest(200, "some text to fill the message with"));
    await arrived;
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => sendHttp(doors.httpAddress, aRequest())),
    );
    const seconds = new Set(answers.map(({ headers }) => headers["retry-after"]));
    expect([...seconds].sort()).toEqual(["1", "2", "3"]);
    letGo();
    await first;
  });

  it("are calls that have sent no more than their headers, when they are very many", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: 100_000 });
    const calls = rawClient(doors.grpcAddress);
    for (let i = 0; i < 20; i += 1)
      calls.session.request({ ":method": "POST", ":path": EXPORT_PATH, "content-type": "application/grpc" });
    await expect
      .poll(async () => Code[(await sendGrpc(doors.grpcAddress, aRequest())).code])
      .toBe("UNAVAILABLE");
    expect((await sendHttp(doors.httpAddress, aRequest())).status).toBe(503);
    calls.close();
    await expect.poll(async () => Code[(await sendGrpc(doors.grpcAddress, aRequest())).code]).toBe("OK");
  });

  it("are requests that have sent no more than their head, when they are very many", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: 100_000 });
    const heads = Array.from({ length: 20 }, () => upload(doors.httpAddress, {}));
    for (const head of heads) head.flushHeaders();
    await expect.poll(async () => (await sendHttp(doors.httpAddress, aRequest())).status).toBe(503);
    for (const head of heads) head.destroy();
    await expect.poll(async () => (await sendHttp(doors.httpAddress, aRequest())).status).toBe(200);
  });

  it("count while they arrive, not only when they are there", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: MIB });
    const slow = upload(doors.httpAddress, {});
    slow.write(Buffer.alloc(MIB - 10));
    await expect.poll(async () => (await sendHttp(doors.httpAddress, aRequest(10))).status).toBe(503);
    slow.destroy();
    await expect.poll(async () => (await sendHttp(doors.httpAddress, aRequest(10))).status).toBe(200);
  });
});

describe("a body that is refused while it is still being sent", () => {
  const limit = { max_request_bytes: MIB };
  const rest = Buffer.alloc(20 * MIB);

  it.each([
    ["too large, with its length", { "content-length": String(rest.length) }, rest, 413],
    ["too large, without a length", { "transfer-encoding": "chunked" }, chunked(rest), 413],
    [
      "too large only when it is decompressed",
      { "content-encoding": "gzip", "transfer-encoding": "chunked" },
      Buffer.concat([chunkOf(gzipSync(Buffer.alloc(50 * MIB))), chunked(rest)]),
      413,
    ],
    [
      "no gzip",
      { "content-encoding": "gzip", "transfer-encoding": "chunked" },
      Buffer.concat([chunkOf(Buffer.from("no gzip")), chunked(rest)]),
      400,
    ],
    ["of another type", { "content-type": "text/plain", "content-length": String(rest.length) }, rest, 415],
  ])("is told so even when its sender reads only after writing: %s", async (_, headers, body, status) => {
    const doors = await doorsTo(async () => ok, limit);
    expect(await writeThenRead(doors.httpAddress, headers, body)).toContain(`HTTP/1.1 ${status} `);
    await takesAGoodRequest(doors);
  });

  it("over gRPC is told so as well, compressed or not", async () => {
    const doors = await doorsTo(async () => ok, limit);
    for (const gzip of [false, true]) {
      const reply = await sendGrpc(doors.grpcAddress, Buffer.alloc(20 * MIB), { gzip });
      expect([Code[reply.code], reply.retryAfterMs]).toEqual(["RESOURCE_EXHAUSTED", undefined]);
      await takesAGoodRequest(doors);
    }
  });
});

describe("a sender that goes away", () => {
  it("in the middle of its body is no error, and leaves nothing behind", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: MIB });
    for (const encoding of ["identity", "gzip", "zstd"]) {
      const slow = upload(doors.httpAddress, { "content-encoding": encoding });
      slow.write(Buffer.alloc(1_000));
      slow.destroy();
    }
    await takesAGoodRequest(doors);
    expect(doors.errors).toEqual([]);
  });

  it.each(["grpc", "http"])("while it waits is told to the consumer: %s", async (transport) => {
    const aborted = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const doors = await doorsTo(async (_, signal) => {
      signal.addEventListener("abort", () => aborted.resolve());
      arrived.resolve();
      await aborted.promise;
      return ok;
    });
    const leave =
      transport === "http"
        ? leaveHttp(doors.httpAddress, arrived.promise)
        : leaveGrpc(doors.grpcAddress, arrived.promise);
    await leave;
    await aborted.promise;
  });
});

describe("something of ours that breaks", () => {
  it("is told as worth another try, and logged; others go on", async () => {
    let isBroken = true;
    const doors = await doorsTo(async () => {
      if (isBroken) throw new Error("broken");
      return ok;
    });
    const grpc = await sendGrpc(doors.grpcAddress, aRequest());
    expect([Code[grpc.code], grpc.retryAfterMs]).toEqual(["UNAVAILABLE", 1_000]);
    expect((await sendHttp(doors.httpAddress, aRequest())).status).toBe(503);
    expect(doors.errors.map(String)).toEqual(["Error: broken", "Error: broken"]);
    isBroken = false;
    await takesAGoodRequest(doors);
  });
});

describe("health", () => {
  it.each(["", "opentelemetry.proto.collector.logs.v1.LogsService"])("of %j is SERVING", async (service) => {
    const doors = await doorsTo(async () => ok);
    const field = Buffer.concat([Buffer.of(0x0a, service.length), Buffer.from(service)]);
    // grpc.health.v1.HealthCheckResponse { status = 1: SERVING = 1 }
    expect(await callHealth(doors.grpcAddress, service === "" ? Buffer.alloc(0) : field)).toEqual([8, 1]);
  });
});

describe("a door", () => {
  it.each(["grpc", "http"] as const)("whose address is taken says so and what to do: %s", async (which) => {
    const first = await doorsTo(async () => ok);
    const endpoint = which === "grpc" ? first.grpcAddress : first.httpAddress;
    const failure = await startDoors(async () => ok, { [which]: { endpoint } }).catch(
      (error: unknown) => error,
    );
    if (!(failure instanceof ListenError)) throw failure;
    expect(failure.message).toContain(`receive.${which}.endpoint: cannot listen on ${endpoint}`);
    expect(failure.remedy).toContain(`set receive.${which}.endpoint to another host:port`);
    await takesAGoodRequest(first);
  });

  it("that is switched off stays shut, the other one opens", async () => {
    const doors = await doorsTo(async () => ok, { grpc: { endpoint: "" } });
    expect(doors.grpcAddress).toBe("");
    expect((await sendHttp(doors.httpAddress, aRequest())).status).toBe(200);
  });
});

describe("a stop", () => {
  it("finishes what is in flight over both doors", async () => {
    const { consume, arrived, letGo } = held(2);
    const doors = await startDoors(consume);
    const grpc = sendGrpc(doors.grpcAddress, aRequest());
    const http = sendHttp(doors.httpAddress, aRequest());
    await arrived;
    const stopped = doors.stop();
    letGo();
    expect((await grpc).code).toBe(Code.OK);
    expect((await http).status).toBe(200);
    await stopped;
  });

  it("ends a busy connection after its answer: a sender that never rests does not hold it up", async () => {
    const { consume, arrived, letGo } = held();
    const doors = await startDoors(consume, { drain_timeout_ms: 600_000 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = sendOver(agent, doors.httpAddress);
    await arrived;
    const stopped = doors.stop();
    letGo();
    expect(await first).toBe(200);
    expect(await sendOver(agent, doors.httpAddress)).toBe("ECONNREFUSED");
    await stopped;
    agent.destroy();
  });

  it("cuts what takes longer than its time", async () => {
    const { consume, arrived, letGo } = held();
    const doors = await startDoors(consume, { drain_timeout_ms: 50 });
    const http = sendHttp(doors.httpAddress, aRequest()).catch(() => "cut");
    await arrived;
    await doors.stop();
    expect(await http).toBe("cut");
    letGo();
  });
});

describe("a connection over HTTP", () => {
  it("is closed after an answer when it is old, and no request is refused for it", async () => {
    const doors = await doorsTo(async () => ok, { max_connection_age_ms: 1_000 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const keptOpen = async () => {
      expect(await sendOver(agent, doors.httpAddress)).toBe(200);
      return Object.keys(agent.freeSockets).length;
    };
    // Not by the first request already, unless a busy machine has let the connection grow old before.
    await expect.poll(keptOpen).toBe(1);
    await expect.poll(keptOpen).toBe(0);
    agent.destroy();
  });
});
