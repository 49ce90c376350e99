import { createServer as createTcpServer } from "node:net";
import { gunzipSync } from "node:zlib";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import type { Forwarder } from "../../processor/forward/forwarder.ts";
import { encodeResponse } from "../../processor/wire/export-response.ts";
import { encodeStatus } from "../../processor/wire/rpc-status.ts";
import { freePort } from "../helpers/free-port.ts";
import { type NextHop, startGrpcNextHop, startHttpNextHop } from "./next-hop.ts";
import { aRequest } from "./relay.ts";

const never = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  open.unshift(one);
  return one;
};

function forwarderTo(endpoint: string, settings: object = {}): Forwarder {
  return keep(createForwarder(forwardConfig.parse({ endpoint, ...settings })));
}

/** What the OTLP specification makes of each code of gRPC; true: worth another try. Beside it, our own credentials. */
const GRPC_CODES: Readonly<Record<Exclude<keyof typeof Code, "OK">, boolean>> = {
  CANCELLED: true,
  UNKNOWN: false,
  INVALID_ARGUMENT: false,
  DEADLINE_EXCEEDED: true,
  NOT_FOUND: false,
  ALREADY_EXISTS: false,
  PERMISSION_DENIED: true,
  RESOURCE_EXHAUSTED: false,
  FAILED_PRECONDITION: false,
  ABORTED: true,
  OUT_OF_RANGE: true,
  UNIMPLEMENTED: false,
  INTERNAL: false,
  UNAVAILABLE: true,
  DATA_LOSS: true,
  UNAUTHENTICATED: true,
};

describe("a gRPC server as the next hop", () => {
  it.each(Object.entries(GRPC_CODES))("that says %s: worth another try is %s", async (name, isRetryable) => {
    const code = Object.entries(Code).find(([key]) => key === name)?.[1];
    if (typeof code !== "number") throw new Error(`gRPC has no ${name}`);
    const hop = keep(await startGrpcNextHop(() => ({ code, details: "so be it" })));
    const outcome = await forwarderTo(hop.address, { retry_resource_exhausted: false }).forward(
      aRequest(),
      never,
    );
    expect(outcome.kind).toBe(isRetryable ? "retry" : "refused");
    expect(outcome.message).toContain(`next hop: ${name}: so be it`);
    expect(hop.received).toHaveLength(1);
  });

  it("that is exhausted and says for how long is worth another try then", async () => {
    const status = encodeStatus({ code: 8, message: "busy", retryAfterMs: 2_500 });
    const answer = { code: Code.RESOURCE_EXHAUSTED, details: "busy", status };
    const hop = keep(await startGrpcNextHop(() => answer));
    const forwarder = forwarderTo(hop.address, { retry_resource_exhausted: false });
    expect(await forwarder.forward(aRequest(), never)).toMatchObject({ kind: "retry", afterMs: 2_500 });
  });

  it.each(["none", "gzip"])("gets the very bytes: compression %s", async (compression) => {
    const hop = keep(await startGrpcNextHop(() => ({ body: new Uint8Array(0) })));
    const request = aRequest(50);
    const outcome = await forwarderTo(hop.address, { compression }).forward(request, never);
    expect(outcome).toEqual({ kind: "accepted", rejectedRecords: 0, message: "" });
    expect(Buffer.compare(hop.received[0] ?? Buffer.alloc(0), request)).toBe(0);
  });

  it("that takes a part says so, and a warning is passed on", async () => {
    for (const said of [
      { rejectedRecords: 3, message: "three were bad" },
      { rejectedRecords: 0, message: "mind the attributes" },
    ]) {
      const hop = keep(await startGrpcNextHop(() => ({ body: encodeResponse(said) })));
      expect(await forwarderTo(hop.address).forward(aRequest(), never)).toEqual({
        kind: "accepted",
        ...said,
      });
    }
  });

  it("whose answer is no message has taken everything", async () => {
    const hop = keep(await startGrpcNextHop(() => ({ body: Uint8Array.from([0xff, 0xff]) })));
    const outcome = await forwarderTo(hop.address).forward(aRequest(), never);
    expect(outcome).toEqual({ kind: "accepted", rejectedRecords: 0, message: "" });
  });
});

const HTTP_STATUSES: readonly (readonly [status: number, kind: ForwardOutcome["kind"]])[] = [
  [200, "accepted"],
  [202, "accepted"],
  [204, "accepted"],
  [301, "refused"],
  [400, "refused"],
  [401, "retry"],
  [403, "retry"],
  [404, "refused"],
  [408, "refused"],
  [413, "refused"],
  [429, "retry"],
  [500, "refused"],
  [502, "retry"],
  [503, "retry"],
  [504, "retry"],
];

describe("an HTTP server as the next hop", () => {
  const startHttp = async (...answer: Parameters<typeof startHttpNextHop>): Promise<NextHop> =>
    keep(await startHttpNextHop(...answer));

  it.each(HTTP_STATUSES)("that says %i: %s", async (status, kind) => {
    const hop = await startHttp(() => ({ status, headers: { location: "http://127.0.0.1:1/elsewhere" } }));
    const outcome = await forwarderTo(`http://${hop.address}/v1/logs`).forward(aRequest(), never);
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "retry") expect(outcome.afterMs).toBeUndefined();
    expect(hop.received).toHaveLength(1);
  });

  it.each([429, 503])("that says %i and when: as it says", async (status) => {
    const hop = await startHttp(() => ({ status, headers: { "retry-after": "30" } }));
    const outcome = await forwarderTo(`http://${hop.address}/v1/logs`).forward(aRequest(), never);
    expect(outcome).toMatchObject({ kind: "retry", afterMs: 30_000 });
  });

  it("gets the very bytes, the headers that were configured and their kinds", async () => {
    const seen: object[] = [];
    const hop = await startHttp((_, { headers, url, method }) => {
      seen.push({
        method,
        url,
        type: headers["content-type"],
        tenant: headers["x-scope-orgid"],
        encoding: headers["content-encoding"],
      });
      return { status: 200 };
    });
    const request = aRequest(50);
    const headers = { "X-Scope-OrgID": "acme" };
    await forwarderTo(`http://${hop.address}/otlp`, { headers }).forward(request, never);
    await forwarderTo(`http://${hop.address}/otlp`, { headers, compression: "gzip" }).forward(request, never);
    const common = {
      method: "POST",
      url: "/otlp/v1/logs",
      type: "application/x-protobuf",
      tenant: "acme",
    };
    expect(seen).toEqual([
      { ...common, encoding: undefined },
      { ...common, encoding: "gzip" },
    ]);
    const [plain, packed] = hop.received;
    expect(Buffer.compare(plain ?? Buffer.alloc(0), request)).toBe(0);
    expect(Buffer.compare(gunzipSync(packed ?? Buffer.alloc(0)), request)).toBe(0);
  });

  it.each([
    ["application/x-protobuf", encodeResponse({ rejectedRecords: 2, message: "two" })],
    [
      "application/json",
      Buffer.from('{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"two"},"new":1}'),
    ],
    [
      "application/json; charset=utf-8",
      Buffer.from('{"partialSuccess":{"rejectedLogRecords":2,"errorMessage":"two"}}'),
    ],
  ])("that takes a part says so in %s", async (type, body) => {
    const hop = await startHttp(() => ({ status: 200, headers: { "content-type": type }, body }));
    expect(await forwarderTo(`http://${hop.address}/v1/logs`).forward(aRequest(), never)).toEqual({
      kind: "accepted",
      rejectedRecords: 2,
      message: "two",
    });
  });

  it.each([
    ["text/html", "<html>OK</html>"],
    ["application/json", "OK"],
    ["application/json", ""],
    ["text/plain", "OK"],
  ])("that is content has taken everything, whatever it says: %s %j", async (type, text) => {
    const hop = await startHttp(() => ({
      status: 200,
      headers: { "content-type": type },
      body: Buffer.from(text),
    }));
    const outcome = await forwarderTo(`http://${hop.address}/v1/logs`).forward(aRequest(), never);
    expect(outcome).toEqual({ kind: "accepted", rejectedRecords: 0, message: "" });
  });
});

describe("silence", () => {
  /** A server that hears and never answers, or hangs up. */
  async function startSilence(hangUp: boolean): Promise<string> {
    const sockets = new Set<{ destroy(): unknown }>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      if (hangUp) socket.once("data", () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    keep({
      close: async () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    });
    const bound = server.address();
    return `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`;
  }
  const endpoints = (address: string) => [address, `http://${address}/v1/logs`];

  it("of nobody there is worth another try", async () => {
    for (const endpoint of endpoints(`127.0.0.1:${await freePort()}`)) {
      const outcome = await forwarderTo(endpoint, { timeout_ms: 500 }).forward(aRequest(), never);
      expect(outcome).toMatchObject({ kind: "retry", afterMs: undefined });
    }
  });

  it.each([false, true])("of a server that hangs up (%s) is worth another try", async (hangUp) => {
    for (const endpoint of endpoints(await startSilence(hangUp))) {
      const outcome = await forwarderTo(endpoint, { timeout_ms: 100 }).forward(aRequest(), never);
      expect(outcome).toMatchObject({ kind: "retry" });
    }
  });

  it("ends when the sender goes away, before or while it waits", async () => {
    for (const endpoint of endpoints(await startSilence(false))) {
      const forwarder = forwarderTo(endpoint, { timeout_ms: 600_000 });
      expect(await forwarder.forward(aRequest(), AbortSignal.abort(new Error("gone")))).toMatchObject({
        kind: "retry",
      });
      const abort = new AbortController();
      const waiting = forwarder.forward(aRequest(), abort.signal);
      abort.abort(new Error("gone"));
      expect(await waiting).toMatchObject({ kind: "retry" });
    }
  });
});
