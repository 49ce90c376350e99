import { once } from "node:events";
import { connect, createServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StatusCode } from "../grpc/status-code.ts";
import { createHealth } from "./health.ts";

describe("health checking", () => {
  it("does not wait for ever for a message that does not come, however little that is to hold", async () => {
    const server = createServer();
    const { check } = createHealth([], 1);
    server.on("stream", check);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      session.destroy();
      server.close();
    });
    const call = session.request({ ":method": "POST", ":path": "/grpc.health.v1.Health/Check" });
    const [headers] = (await once(call, "response")) as [IncomingHttpHeaders];
    expect(headers["grpc-status"]).toBe(String(StatusCode.DEADLINE_EXCEEDED));
  });
});
