import { once } from "node:events";
import { type ClientHttp2Session, createServer } from "node:http2";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { forwardConfig } from "../../processor/forward/config.ts";
import { createGrpcSender } from "../../processor/forward/grpc.ts";
import { createGrpcConnection } from "../../processor/forward/grpc-connection.ts";
import { targetOf } from "../../processor/forward/target.ts";
import { listen } from "../../processor/receive/listen.ts";
import { createSessions } from "../../processor/receive/sessions.ts";
import { openClientTls } from "../../processor/tls/client-tls.ts";
import { startDoors } from "./doors.ts";
import { connectFrozenSender, startFrozenServer } from "./frozen-peer.ts";

const MIB = 1024 * 1024;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0)) await one.close();
});

async function frozen(greets = true) {
  const server = await startFrozenServer(greets);
  open.push(server);
  return server;
}

function connectionTo({ port }: { readonly port: number }, { callMsMax = 600_000, closeMsMax = 10 } = {}) {
  const connection = createGrpcConnection(`http://127.0.0.1:${port}`, () => ({}), { callMsMax, closeMsMax });
  open.unshift(connection);
  const session = () =>
    new Promise<ClientHttp2Session>((resolve, reject) =>
      connection.use((result) => (result instanceof Error ? reject(result) : resolve(result))),
    );
  return { connection, session };
}

describe("a connection to a next hop that hangs", () => {
  it("is not pinged any more once it is given up: that would end the process", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { connection, session } = connectionTo(await frozen(), { closeMsMax: 5_000 });
    const used = await session();
    connection.retire(used);
    await expect.poll(() => used.destroyed).toBe(true);
    expect(() => vi.advanceTimersByTime(3_600_000)).not.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is closed for good when it is given up, and when all are", async () => {
    const { connection, session } = connectionTo(await frozen());
    const retired = await session();
    const retiredClosed = once(retired, "close");
    connection.retire(retired);
    const current = await session();
    const currentClosed = once(current, "close");
    connection.close();
    await Promise.all([retiredClosed, currentClosed]);
  });

  it("is closed for good after the next hop has said that it goes", async () => {
    const server = await frozen();
    const used = await connectionTo(server).session();
    server.goAway();
    await once(used, "close");
  });

  it("is cut with the calls on it that do not end", async () => {
    const { connection, session } = connectionTo(await frozen(), { callMsMax: 10 });
    const used = await session();
    const call = used.request({ ":method": "POST" });
    call.on("error", () => undefined);
    call.write(Buffer.alloc(64 * MIB));
    connection.retire(used);
    await once(used, "close");
  });

  it("is given up while it is being made", async () => {
    const { connection, session } = connectionTo(await frozen(false));
    const used = session();
    connection.close();
    await expect(used).rejects.toThrow();
  });

  it("keeps nothing of a call whose sender has left meanwhile", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: () => void = runInNewContext("gc");
    const config = forwardConfig.parse({ endpoint: `127.0.0.1:${(await frozen(false)).port}` });
    const tls = openClientTls(config.tls, () => undefined);
    const sender = createGrpcSender(config, targetOf(config), tls);
    open.unshift(sender);
    const sendAndLeave = async () => {
      const body = Buffer.alloc(MIB);
      const left = new AbortController();
      const sent = sender.send(body, left.signal);
      left.abort();
      expect(await sent).toMatchObject({ kind: "retry" });
      return new WeakRef(body.buffer);
    };
    const body = await sendAndLeave();
    const isKept = () => {
      collectGarbage();
      return body.deref() !== undefined;
    };
    await expect.poll(isKept).toBe(false);
  });
});

describe("a sender that hangs", () => {
  it("does not hold up a stop for longer than it may take", async () => {
    const doors = await startDoors(async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }), {
      drain_timeout_ms: 50,
    });
    const sender = await connectFrozenSender(doors.grpcAddress);
    await doors.stop();
    sender.destroy();
  });

  it("keeps no connection beyond its age", async () => {
    const server = createServer();
    createSessions(server, {
      ageMsMax: 20,
      ageGraceMs: 10,
      graceMs: 10,
      prefaceMsMax: 600_000,
      isTls: false,
    });
    const address = await listen(server, "127.0.0.1:0", "receive.grpc.endpoint");
    open.push({ close: () => server.close() });
    const sender = await connectFrozenSender(address);
    const connections = () =>
      new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    sender.destroy();
  });
});
