import { once } from "node:events";
import { type ClientHttp2Session, connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StatusCode } from "../../grpc/status-code.ts";
import { rateLimitedAnswer } from "../answer.ts";
import type { Entrance } from "../entrance.ts";
import { createAdmission } from "../limits.ts";
import { createServices } from "./create-services.ts";
import type { Score } from "./score.ts";

const STREAM = "/logbert.v1.Scoring/ScoreStream";

/** A client of the services alone, who gives its name in a header. */
async function clientOf(
  idleMsMax?: number,
  entrance: Entrance = () => ({ kind: "entered", name: undefined, metadata: undefined }),
  score: Score = () => Promise.reject(new Error("nothing is scored here")),
): Promise<ClientHttp2Session & { readonly refused: string[] }> {
  const refused: string[] = [];
  const { methods } = createServices(
    {
      score,
      admission: createAdmission(1_000),
      entrance,
      observer: { refused: (reason) => refused.push(reason), connectionRefused: () => undefined },
      now: () => 0,
      onError: (error) => expect.unreachable(String(error)),
    },
    idleMsMax,
  );
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    methods.get(headers[":path"] ?? "")?.(stream, headers, {
      kind: "entered",
      name: typeof headers["x-name"] === "string" ? headers["x-name"] : undefined,
      metadata: undefined,
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return Object.assign(session, { refused });
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

  it("are let in message by message, those of reflection too: the first came in with its call", async () => {
    const session = await clientOf(undefined, () => rateLimitedAnswer(1_000));
    const stream = call(session, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
    // Which services are there? (list_services = 7)
    const question = Buffer.from([0, 0, 0, 0, 2, 0x3a, 0]);
    stream.write(question);
    const [answer] = await once(stream, "data");
    expect(String(answer)).toContain("logbert.v1.Scoring");
    stream.end(question);
    const [trailers] = await once(stream, "trailers");
    expect(trailers["grpc-status"]).toBe(String(StatusCode.UNAVAILABLE));
    expect(session.refused).toEqual(["rate-limited"]);
  });

  it("end when nothing moves on them", async () => {
    const stream = call(await clientOf(1), STREAM);
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  it("are bounded, for each client and over all; one that has gone leaves its place, and a refusal is counted", async () => {
    const session = await clientOf();
    const statusAtOnce = async (name: string) => {
      const asked = call(session, STREAM, { "x-name": name }).end(Buffer.alloc(5)).resume();
      const [headers] = await once(asked, "response");
      return headers["grpc-status"];
    };
    const openAs = (name: string) =>
      Array.from({ length: 32 }, () => call(session, STREAM, { "x-name": name }));
    const unavailable = String(StatusCode.UNAVAILABLE);
    const [first] = openAs("a");
    expect(await statusAtOnce("a")).toBe(unavailable);
    expect(await statusAtOnce("b")).toBeUndefined();
    openAs("b");
    expect(await statusAtOnce("c")).toBe(unavailable);
    expect(session.refused.filter((reason) => reason === "overloaded")).toHaveLength(2);
    first?.close(constants.NGHTTP2_CANCEL);
    while ((await statusAtOnce("a")) !== undefined);
  });

  it.each([
    ["asks for nothing", Buffer.alloc(5), {}, "malformed", StatusCode.INVALID_ARGUMENT],
    ["is no protobuf", Buffer.from([0, 0, 0, 0, 1, 0xff]), {}, "malformed", StatusCode.INTERNAL],
    [
      "is too large",
      Buffer.concat([Buffer.from([0, 0, 32, 0, 0]), Buffer.alloc(2_097_152)]),
      {},
      "too-large",
      StatusCode.RESOURCE_EXHAUSTED,
    ],
    [
      "is packed in another way",
      Buffer.from([1, 0, 0, 0, 1, 0]),
      { "grpc-encoding": "deflate" },
      "unsupported",
      StatusCode.UNIMPLEMENTED,
    ],
  ])("whose message %s is counted as refused, once", async (_, message, headers, reason, code) => {
    const session = await clientOf();
    for (const path of ["/logbert.v1.Scoring/Score", STREAM]) {
      const stream = call(session, path, headers).end(message).resume();
      const told: Record<string, unknown>[] = [];
      stream
        .on("response", (response) => told.push(response))
        .on("trailers", (trailers) => told.push(trailers));
      await once(stream, "close");
      expect(told.at(-1)?.["grpc-status"]).toBe(String(code));
    }
    await expect.poll(() => session.refused).toEqual([reason, reason]);
  });

  it("that find too many records in work are counted as told to wait, and those whose caller has gone are not", async () => {
    const scoring: (() => void)[] = [];
    const busy: Score = async () => {
      await new Promise<void>((resolve) => scoring.push(resolve));
      return { kind: "retry", afterMs: undefined, message: "too many records in work" };
    };
    const session = await clientOf(undefined, undefined, busy);
    // A line "b" of the service "a" (lines = 1; in it service = 1, lines = 3).
    const message = Buffer.from([0, 0, 0, 0, 8, 0x0a, 6, 0x0a, 1, 0x61, 0x1a, 1, 0x62]);
    const gone = call(session, "/logbert.v1.Scoring/Score").end(message).resume();
    await expect.poll(() => scoring).toHaveLength(1);
    gone.close(constants.NGHTTP2_CANCEL);
    await once(gone, "close");
    const stream = call(session, "/logbert.v1.Scoring/Score").end(message).resume();
    await expect.poll(() => scoring).toHaveLength(2);
    for (const end of scoring) end();
    const [trailers] = await once(stream, "trailers");
    expect(trailers["grpc-status"]).toBe(String(StatusCode.UNAVAILABLE));
    expect(session.refused).toEqual(["overloaded"]);
  });
});
