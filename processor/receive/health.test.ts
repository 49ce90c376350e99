import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StatusCode } from "../grpc/status-code.ts";
import { createHealth } from "./health.ts";

/** A client of a server that serves nothing else. */
async function clientOf(serve: (stream: ServerHttp2Stream) => void): Promise<ClientHttp2Session> {
  const server = createServer();
  server.on("stream", (stream) => serve(stream.on("error", () => undefined)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return session;
}

const call = (session: ClientHttp2Session) => session.request({ ":method": "POST", ":path": "/" });

describe("health checking", () => {
  it("does not wait for ever for a message that does not come, however little that is to hold", async () => {
    const session = await clientOf(createHealth([], 1).check);
    const [headers] = (await once(call(session), "response")) as [IncomingHttpHeaders];
    expect(headers["grpc-status"]).toBe(String(StatusCode.DEADLINE_EXCEEDED));
  });

  it.each(["check", "watch"] as const)(
    "holds so many calls (%s) and no more, because it asks nobody for a token: the longest makes room, the latest is answered",
    async (method) => {
      const session = await clientOf(createHealth([])[method]);
      const calls = Array.from({ length: 1_000 }, () => call(session));
      const watches = method === "watch";
      // A whole message, of no name, is a watch that is answered and goes on; without one the call goes on waiting.
      if (watches) for (const one of calls) one.end(Buffer.alloc(5)).resume();
      const [first] = calls;
      first?.on("error", () => undefined);
      const last = call(session).end(Buffer.alloc(5)).resume();
      const [headers] = (await once(last, "response")) as [IncomingHttpHeaders];
      expect(headers[":status"]).toBe(200);
      if (first?.closed !== true) await once(first ?? last, "close");
      expect(first?.rstCode).toBe(constants.NGHTTP2_REFUSED_STREAM);
      expect(calls.filter(({ closed }) => closed)).toEqual([first]);
    },
  );
});
