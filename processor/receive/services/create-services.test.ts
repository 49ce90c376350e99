import { once } from "node:events";
import { type ClientHttp2Session, connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StatusCode } from "../../grpc/status-code.ts";
import { createAdmission } from "../limits.ts";
import { createServices } from "./create-services.ts";

const STREAM = "/logbert.v1.Scoring/ScoreStream";

/** A client of the services alone. */
async function clientOf(idleMsMax?: number): Promise<ClientHttp2Session> {
  const { methods } = createServices(
    {
      score: () => Promise.reject(new Error("nothing is scored here")),
      admission: createAdmission(1_000),
      entrance: () => ({ kind: "entered", metadata: undefined }),
      observer: { refused: () => undefined, connectionRefused: () => undefined },
      now: () => 0,
      onError: (error) => expect.unreachable(String(error)),
    },
    idleMsMax,
  );
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    methods.get(headers[":path"] ?? "")?.(stream, headers);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return session;
}

function call(session: ClientHttp2Session, path: string, more: Record<string, string> = {}) {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    ...more,
  });
  stream.on("error", () => undefined);
  return stream;
}

describe("calls of the services", () => {
  it.each(["[", "a:99999999"])("are answered to a client that calls us %s", async (authority) => {
    const stream = call(await clientOf(), "/logbert.v1.Scoring/Score", { ":authority": authority });
    stream.end(Buffer.alloc(5)).resume();
    const [trailers] = await once(stream, "trailers");
    expect(trailers["grpc-status"]).toBe(String(StatusCode.INVALID_ARGUMENT));
  });

  it("end when nothing moves on them", async () => {
    const stream = call(await clientOf(1), STREAM);
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  it("are bounded, and one that has gone leaves its place", async () => {
    const session = await clientOf();
    const statusAtOnce = async () => {
      const [headers] = await once(call(session, STREAM).end(Buffer.alloc(5)).resume(), "response");
      return headers["grpc-status"];
    };
    const [first] = Array.from({ length: 64 }, () => call(session, STREAM));
    expect(await statusAtOnce()).toBe(String(StatusCode.UNAVAILABLE));
    first?.close(constants.NGHTTP2_CANCEL);
    while ((await statusAtOnce()) !== undefined);
  });
});
