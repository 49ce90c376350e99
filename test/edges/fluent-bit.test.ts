import { createServer } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ForwardOutcome, RefusalReason } from "../../processor/forward/forward-outcome.ts";
import { frameOf } from "../../processor/grpc/frame.ts";
import { jsonToProtobuf } from "../../processor/wire/json.ts";
import { type Doors, startDoors } from "./doors.ts";
import { type HttpAnswer, startGrpcNextHop, startHttpNextHop } from "./next-hop.ts";
import { type RawClient, rawClient } from "./raw-grpc.ts";
import { startRawNextHop } from "./raw-next-hop.ts";
import { aRequest, type Relay, startRelay } from "./relay.ts";
import { sendHttp } from "./senders.ts";

/*
 * Where Fluent Bit 5.1.1 is unlike the OTLP specification, as read in its sources (plugins/out_opentelemetry/opentelemetry.c,
 * plugins/in_opentelemetry/opentelemetry_prot.c). test/pipelines/fluent-bit.test.ts runs the program itself.
 */

/** What its output tries again; all else that is no success is dropped. */
const TRIED_AGAIN_OVER_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const TRIED_AGAIN_OVER_GRPC: ReadonlySet<number | undefined> = new Set([
  Code.CANCELLED,
  Code.DEADLINE_EXCEEDED,
  Code.RESOURCE_EXHAUSTED,
  Code.ABORTED,
  Code.INTERNAL,
  Code.UNAVAILABLE,
]);

const open: { close(): unknown }[] = [];
const keep = <T extends { close(): unknown }>(one: T): T => {
  open.unshift(one);
  return one;
};
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const doorsTo = async (
  outcome: () => Promise<ForwardOutcome>,
): Promise<Doors & { readonly grpc: RawClient }> => {
  const doors = await startDoors(outcome);
  open.push({ close: doors.stop });
  return { ...doors, grpc: keep(rawClient(doors.grpcAddress)) };
};
const relayTo = async (endpoint: string, forward: object = {}): Promise<Relay> => {
  const relay = await startRelay(endpoint, forward);
  open.unshift({ close: relay.stop });
  return relay;
};

describe("Fluent Bit as the sender", () => {
  it.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ] as const)("compresses over HTTP: %s", async (encoding, compress) => {
    const hop = keep(await startHttpNextHop(() => ({ status: 200 })));
    const relay = await relayTo(`http://${hop.address}/v1/logs`);
    const headers = { "content-encoding": encoding, "user-agent": "Fluent-Bit" };
    expect((await sendHttp(relay.httpAddress, compress(aRequest()), headers)).status).toBe(200);
    expect(hop.received.map((body) => Buffer.from(body))).toEqual([Buffer.from(aRequest())]);
  });

  it("calls over gRPC without saying anything of encodings, trailers or time", async () => {
    const hop = keep(await startGrpcNextHop(() => ({ body: new Uint8Array(0) })));
    const relay = await relayTo(hop.address);
    const client = keep(rawClient(relay.grpcAddress));
    expect((await client.call(frameOf(aRequest()), { te: undefined })).status).toBe(Code.OK);
    expect(hop.received.map((body) => Buffer.from(body))).toEqual([Buffer.from(aRequest())]);
  });

  it("tries again whatever may be tried again, over HTTP and gRPC", async () => {
    const doors = await doorsTo(async () => ({ kind: "retry", afterMs: 5, message: "away" }));
    const { status, headers } = await sendHttp(doors.httpAddress, aRequest());
    expect(TRIED_AGAIN_OVER_HTTP.has(status)).toBe(true);
    const reply = await doors.grpc.call(frameOf(aRequest()));
    expect(TRIED_AGAIN_OVER_GRPC.has(reply.status)).toBe(true);
    // Both say when, for those who listen.
    expect(headers["retry-after"]).toBe("1");
    expect(reply.headers["grpc-status-details-bin"]).toEqual(expect.any(String));
  });

  it("tries again what broke inside, over HTTP and gRPC", async () => {
    const doors = await doorsTo(async () => {
      throw new Error("broken");
    });
    expect(TRIED_AGAIN_OVER_HTTP.has((await sendHttp(doors.httpAddress, aRequest())).status)).toBe(true);
    expect(TRIED_AGAIN_OVER_GRPC.has((await doors.grpc.call(frameOf(aRequest()))).status)).toBe(true);
  });

  // Over gRPC it would send two of these for ever: why docs/pipelines/fluent-bit.md asks for HTTP.
  it.each<readonly [RefusalReason, boolean]>([
    ["malformed", false],
    ["unsupported", false],
    ["too-large", true],
    ["other", true],
  ])(
    "drops over HTTP what is refused for good as %s; over gRPC it tries again: %s",
    async (reason, isTriedAgain) => {
      const doors = await doorsTo(async () => ({ kind: "refused", reason, message: "no" }));
      expect(TRIED_AGAIN_OVER_HTTP.has((await sendHttp(doors.httpAddress, aRequest())).status)).toBe(false);
      const reply = await doors.grpc.call(frameOf(aRequest()));
      expect(TRIED_AGAIN_OVER_GRPC.has(reply.status)).toBe(isTriedAgain);
    },
  );

  it.each<ForwardOutcome>([
    { kind: "accepted", rejectedRecords: 0, message: "" },
    { kind: "accepted", rejectedRecords: 2, message: "two" },
    { kind: "retry", afterMs: undefined, message: "away" },
    { kind: "refused", reason: "other", message: "no" },
  ])(
    "takes an answer without grpc-status for a success, so every answer has one: $kind $rejectedRecords",
    async (outcome) => {
      const doors = await doorsTo(async () => outcome);
      expect((await doors.grpc.call(frameOf(aRequest()))).status).toEqual(expect.any(Number));
    },
  );

  it("takes a call that ends behind its headers for a success, so there are none before the next hop has answered", async () => {
    const arrived = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<ForwardOutcome>();
    const doors = await doorsTo(() => {
      arrived.resolve();
      return answered.promise;
    });
    let heard = 0;
    const { session } = doors.grpc;
    const stream = session.request({
      ":method": "POST",
      ":path": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
      "content-type": "application/grpc",
    });
    stream.on("response", () => {
      heard += 1;
    });
    stream.end(frameOf(aRequest()));
    await arrived.promise;
    // What the door had sent on this connection by now would come before the answer to a ping.
    await new Promise((resolve) => session.ping(resolve));
    expect(heard).toBe(0);
    const ended = new Promise((resolve) => stream.once("close", resolve));
    answered.resolve({ kind: "accepted", rejectedRecords: 0, message: "" });
    stream.resume();
    await ended;
    expect(heard).toBe(1);
  });

  it("never reads a partial success, and drops nothing more for it", async () => {
    const doors = await doorsTo(async () => ({ kind: "accepted", rejectedRecords: 1, message: "one" }));
    expect((await sendHttp(doors.httpAddress, aRequest())).status).toBe(200);
    expect((await doors.grpc.call(frameOf(aRequest()))).status).toBe(Code.OK);
  });

  it("may name a record's flags traceFlags in JSON", () => {
    const requestWith = (flags: object) =>
      jsonToProtobuf(
        Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [flags] }] }] })),
      );
    expect(requestWith({ traceFlags: 1 })).toEqual(requestWith({ flags: 1 }));
    expect(requestWith({ traceFlags: 1 })).not.toEqual(requestWith({}));
  });
});

/** An answer of Fluent Bit's input, and what the sender hears of it. */
const ANSWERS: readonly (readonly [answer: HttpAnswer, status: number])[] = [
  [{ status: 201, headers: { "content-length": "0" } }, 200],
  [{ status: 200, headers: { "content-length": "0" } }, 200],
  [{ status: 204 }, 200],
  [{ status: 503, body: Buffer.from("busy\n") }, 503],
  [{ status: 413 }, 413],
  [{ status: 400, body: Buffer.from("invalid request: deserialisation error\n") }, 400],
];

describe("Fluent Bit as the next hop", () => {
  it.each(ANSWERS)(
    "answers $0.status without any protobuf, and the sender hears $1",
    async (answer, status) => {
      const hop = keep(await startHttpNextHop(() => answer));
      const relay = await relayTo(`http://${hop.address}/v1/logs`);
      expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(status);
      expect(hop.received).toHaveLength(1);
    },
  );

  it("hangs up on a request that it has taken when its memory is full, and the sender hears to try again", async () => {
    const paused = createServer((socket) => socket.once("data", () => socket.destroy()));
    await new Promise<void>((resolve) => paused.listen(0, "127.0.0.1", resolve));
    keep(paused);
    const { port } = z.object({ port: z.int() }).parse(paused.address());
    const relay = await relayTo(`http://127.0.0.1:${port}/v1/logs`);
    const { status } = await sendHttp(relay.httpAddress, aRequest());
    expect(TRIED_AGAIN_OVER_HTTP.has(status)).toBe(true);
  });

  it("gets protobuf even of a request that came as JSON: it knows JSON's flags by another name", async () => {
    const types: (string | undefined)[] = [];
    const hop = keep(
      await startHttpNextHop((_body, { headers }) => {
        types.push(headers["content-type"]);
        return { status: 201 };
      }),
    );
    const relay = await relayTo(`http://${hop.address}/v1/logs`);
    const logRecords = [{ flags: 1 }];
    const json = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
    await sendHttp(relay.httpAddress, json, { "content-type": "application/json" });
    expect(types).toEqual(["application/x-protobuf"]);
  });

  it.each([
    [Code.OK, 200],
    [Code.UNAVAILABLE, 503],
    [Code.UNKNOWN, 500],
  ])(
    "answers over gRPC with a message and %i behind it, whatever that is, and the sender hears %i",
    async (code, status) => {
      const hop = keep(
        await startRawNextHop((stream) => {
          stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
          stream.on("wantTrailers", () =>
            stream.sendTrailers({ "grpc-status": String(code), "grpc-message": "Serialization error." }),
          );
          stream.end(frameOf(new Uint8Array(0)));
        }),
      );
      const relay = await relayTo(hop.address);
      expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(status);
    },
  );
});
