import { readFileSync } from "node:fs";
import { constants, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import type { Forwarder } from "../../processor/forward/forwarder.ts";
import { frameOf } from "../../processor/grpc/frame.ts";
import { encodeResponse } from "../../processor/wire/export-response.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { startGrpcNextHop } from "./next-hop.ts";
import { answerOk, type RawNextHop, startRawNextHop } from "./raw-next-hop.ts";
import { aRequest } from "./relay.ts";

const never = new AbortController().signal;
const ok: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const takes = (stream: ServerHttp2Stream) => answerOk(stream);

async function hop(...answer: Parameters<typeof startRawNextHop>): Promise<RawNextHop> {
  const started = await startRawNextHop(...answer);
  open.push(started);
  return started;
}

function forwarderTo(endpoint: string, settings: object = {}): Forwarder {
  const forwarder = createForwarder(forwardConfig.parse({ endpoint, ...settings }));
  open.unshift(forwarder);
  return forwarder;
}

describe("a call that the next hop has not looked at", () => {
  it("is made once more, on a connection that takes it: REFUSED_STREAM", async () => {
    const next = await hop(takes, (stream, call) => {
      if (call === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return call === 1;
    });
    expect(await forwarderTo(next.address).forward(aRequest(), never)).toEqual(ok);
    expect(next.received).toHaveLength(1);
  });

  it("is not made for ever", async () => {
    let calls = 0;
    const next = await hop(takes, (stream) => {
      calls += 1;
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return true;
    });
    expect(await forwarderTo(next.address).forward(aRequest(), never)).toMatchObject({ kind: "retry" });
    expect(calls).toBe(2);
  });

  it("because the connection was ended is made on another, while the one on its way is answered", async () => {
    const first = Promise.withResolvers<ServerHttp2Stream>();
    const next = await hop((stream, call) => {
      if (call === 1) first.resolve(stream);
      else answerOk(stream);
    });
    const forwarder = forwarderTo(next.address);
    const slow = forwarder.forward(aRequest(), never);
    const held = await first.promise;
    held.session?.close();
    for (let i = 0; i < 5; i += 1) expect(await forwarder.forward(aRequest(), never)).toEqual(ok);
    answerOk(held);
    expect(await slow).toEqual(ok);
    expect([next.sessions.length, next.received.length]).toEqual([2, 6]);
  });
});

describe("a call that breaks off", () => {
  const BREAKS: readonly (readonly [string, (stream: ServerHttp2Stream) => void])[] = [
    ["the connection is cut before the answer", (stream) => stream.session?.socket.destroy()],
    [
      "the connection is cut in the middle of the answer",
      (stream) => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        stream.write(Buffer.of(0, 0), () => stream.session?.destroy());
      },
    ],
    ["the call is reset: INTERNAL_ERROR", (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ["the call is reset: CANCEL", (stream) => stream.close(constants.NGHTTP2_CANCEL)],
    ["the call is reset: ENHANCE_YOUR_CALM", (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)],
    [
      "the connection is ended: ENHANCE_YOUR_CALM",
      (stream) => stream.session?.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM),
    ],
    [
      "the answer has no status",
      (stream) => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        stream.end(frameOf(new Uint8Array(0)));
      },
    ],
  ];

  it.each(BREAKS)("is worth another try, which is the sender's: %s", async (_, breakOff) => {
    const next = await hop((stream, call) => (call === 1 ? breakOff(stream) : answerOk(stream)));
    const forwarder = forwarderTo(next.address);
    expect(await forwarder.forward(aRequest(), never)).toMatchObject({ kind: "retry", afterMs: undefined });
    expect(next.received).toHaveLength(1);
    await expect.poll(() => forwarder.forward(aRequest(), never)).toEqual(ok);
  });
});

describe("an answer in HTTP's terms", () => {
  it.each([
    [400, "refused"],
    [401, "retry"],
    [403, "retry"],
    [404, "refused"],
    [429, "retry"],
    [500, "refused"],
    [502, "retry"],
    [503, "retry"],
    [504, "retry"],
  ])("%i: %s", async (status, kind) => {
    const next = await hop((stream) => stream.respond({ ":status": status }, { endStream: true }));
    expect(await forwarderTo(next.address).forward(aRequest(), never)).toMatchObject({ kind });
  });
});

describe("an answer", () => {
  it("may be compressed as ours was", async () => {
    const said = { rejectedRecords: 2, message: "two" };
    const frame = frameOf(gzipSync(encodeResponse(said)), true);
    const next = await hop((stream) => answerOk(stream, frame, { "grpc-encoding": "gzip" }));
    expect(await forwarderTo(next.address).forward(aRequest(), never)).toEqual({ kind: "accepted", ...said });
  });

  it.each([
    ["no message", Buffer.alloc(0), {}],
    ["half a message", Buffer.of(0, 0, 0, 0, 9, 1), {}],
    ["no gzip", frameOf(Buffer.from("no gzip"), true), { "grpc-encoding": "gzip" }],
    ["another encoding", frameOf(Buffer.from("x"), true), { "grpc-encoding": "snappy" }],
  ])("of OK has taken everything, whatever follows: %s", async (_, frame, headers) => {
    const next = await hop((stream) => answerOk(stream, frame, headers));
    expect(await forwarderTo(next.address).forward(aRequest(), never)).toEqual(ok);
  });

  it("of more than 4 MiB is not read to its end", async () => {
    const next = await hop((stream) => answerOk(stream, Buffer.alloc(5 * 1024 * 1024)));
    expect(await forwarderTo(next.address).forward(aRequest(), never)).toMatchObject({ kind: "retry" });
  });

  it("with a percent-encoded text is read", async () => {
    const trailersOnly = { ":status": 200, "grpc-status": "14", "grpc-message": "100%25 %E6%97%A5" };
    const next = await hop((stream) => stream.respond(trailersOnly, { endStream: true }));
    const outcome = await forwarderTo(next.address).forward(aRequest(), never);
    expect(outcome.message).toContain("UNAVAILABLE: 100% 日");
  });
});

describe("a request", () => {
  it("carries the configured headers, but not over ours, and its deadline", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const next = await hop(takes, (_stream, _call, headers) => {
      seen.push(headers);
      return false;
    });
    const headers = {
      Authorization: "Bearer x",
      "Content-Type": "text/plain",
      Connection: "close",
      TE: "gzip",
    };
    const outcome = await forwarderTo(next.address, { headers, timeout_ms: 5_000 }).forward(
      aRequest(),
      never,
    );
    expect(outcome).toEqual(ok);
    expect(seen).toMatchObject([
      {
        authorization: "Bearer x",
        "content-type": "application/grpc",
        te: "trailers",
        "grpc-timeout": "5000m",
      },
    ]);
  });

  it("that has had no answer in time is given up, and the next one goes on another connection", async () => {
    const callers: unknown[] = [];
    const next = await hop((stream, call) => {
      callers.push(stream.session);
      if (call > 1) answerOk(stream);
    });
    const forwarder = forwarderTo(next.address, { timeout_ms: 200 });
    expect(await forwarder.forward(aRequest(), never)).toMatchObject({ kind: "retry" });
    // More than once on a machine so busy that the answer takes too long as well.
    await expect.poll(() => forwarder.forward(aRequest(), never)).toEqual(ok);
    expect(callers.at(-1) === callers[0]).toBe(false);
  });

  it("of 3 MiB comes whole", async () => {
    const next = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    open.push(next);
    const large = aRequest(1, "x".repeat(3 * 1024 * 1024));
    const forwarder = forwarderTo(next.address);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => forwarder.forward(large, never)));
    expect(outcomes).toEqual(Array.from({ length: 20 }, () => ok));
    expect(next.received.every((bytes) => Buffer.compare(bytes, large) === 0)).toBe(true);
  });

  it("among many small ones at a time is sent with others, each record once and in order", async () => {
    const next = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    open.push(next);
    const forwarder = forwarderTo(next.address, { join: { concurrency: 1 } });
    const bodies = Array.from({ length: 500 }, (_, i) => `request ${i}`);
    const outcomes = await Promise.all(bodies.map((body) => forwarder.forward(aRequest(1, body), never)));
    expect(outcomes.every((outcome) => outcome.kind === "accepted")).toBe(true);
    const arrived = next.received.flatMap((bytes) => readRequest(bytes).records.map(({ body }) => body));
    expect(arrived).toEqual(bodies.map((body) => `${body} 0`));
    expect(next.received.length).toBeLessThan(10);
  });
});

describe("TLS", () => {
  const fixture = (file: string) => join(import.meta.dirname, "../fixtures/tls", file);

  async function startTls(): Promise<string> {
    const key = readFileSync(fixture("key.pem"));
    const cert = readFileSync(fixture("cert.pem"));
    const server = createSecureServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true });
    server.on("stream", (stream) => stream.resume().on("end", () => answerOk(stream)));
    server.on("session", (session) => open.push({ close: async () => session.destroy() }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push({ close: async () => void server.close() });
    const bound = server.address();
    return `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`;
  }
  const tls = {
    enabled: true,
    ca_file: fixture("cert.pem"),
    cert_file: fixture("cert.pem"),
    key_file: fixture("key.pem"),
  };

  it("with our certificate and its authority is taken", async () => {
    expect(await forwarderTo(await startTls(), { tls }).forward(aRequest(), never)).toEqual(ok);
  });

  it.each([
    ["an authority that we do not know", { ca_file: "" }],
    ["no certificate of ours", { cert_file: "", key_file: "" }],
  ])("with %s is worth another try", async (_, settings) => {
    const forwarder = forwarderTo(await startTls(), { tls: { ...tls, ...settings }, timeout_ms: 5_000 });
    expect(await forwarder.forward(aRequest(), never)).toMatchObject({ kind: "retry" });
  });
});
