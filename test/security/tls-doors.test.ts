import { writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { receiveConfig } from "../../processor/receive/config.ts";
import { type Doors, startDoors } from "../edges/doors.ts";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";
import { fixture, mountedFiles, type RenewableFiles, renewableFiles } from "./tls-files.ts";
import { exportOverGrpc, exportOverHttp, handshake, shownName } from "./tls-senders.ts";

const open: Doors[] = [];
afterEach(async () => {
  for (const doors of open.splice(0)) await doors.stop();
});

const SERVER = { cert_file: fixture("server.pem"), key_file: fixture("server.key") };
const MUTUAL = { ...SERVER, client_ca_file: fixture("ca.pem") };
const of = ({ cert, key, ca }: RenewableFiles) => ({
  cert_file: cert,
  key_file: key,
  client_ca_file: ca,
  reload_interval_ms: 100,
});

async function secureDoors(tls: object, others: object = {}): Promise<Doors & { taken: number }> {
  const counts = { taken: 0 };
  const doors = await startDoors(
    async () => {
      counts.taken += 1;
      return { kind: "accepted", rejectedRecords: 0, message: "" };
    },
    { ...others, grpc: { tls }, http: { tls } },
  );
  open.push(doors);
  return Object.assign(counts, doors);
}

describe("doors with TLS", () => {
  it("take what comes over it, and nothing that comes in plain text", async () => {
    const doors = await secureDoors(SERVER);
    expect(await exportOverGrpc(doors.grpcAddress, aRequest())).toBe(0);
    expect(await exportOverHttp(doors.httpAddress, aRequest())).toBe(200);
    expect(doors.taken).toBe(2);
    expect((await sendGrpc(doors.grpcAddress, aRequest())).code).toBe(14);
    await expect(sendHttp(doors.httpAddress, aRequest())).rejects.toThrow();
    expect(doors.taken).toBe(2);
  });

  it("agree on HTTP/2 for gRPC, and show nothing to who does not speak it", async () => {
    const doors = await secureDoors(SERVER);
    const socket = await handshake(doors.grpcAddress, { ALPNProtocols: ["h2", "http/1.1"] });
    expect(socket.alpnProtocol).toBe("h2");
    socket.destroy();
    const http = await exportOverHttp(doors.grpcAddress, aRequest());
    expect(http).not.toBe(200);
    expect(doors.taken).toBe(0);
  });

  it("refuse versions below the least one", async () => {
    const doors = await secureDoors({ ...SERVER, min_version: "1.3" });
    for (const address of [doors.grpcAddress, doors.httpAddress]) {
      await expect(handshake(address, { maxVersion: "TLSv1.2" })).rejects.toThrow(/alert protocol version/);
      (await handshake(address)).destroy();
    }
    const older = await secureDoors(SERVER);
    await expect(
      handshake(older.httpAddress, { minVersion: "TLSv1", maxVersion: "TLSv1.1" }),
    ).rejects.toThrow();
    (await handshake(older.httpAddress, { maxVersion: "TLSv1.2" })).destroy();
  });

  it("let in by mutual TLS whom the authority knows, and nobody else", async () => {
    const doors = await secureDoors(MUTUAL);
    expect(await exportOverGrpc(doors.grpcAddress, aRequest(), { holder: "client" })).toBe(0);
    expect(await exportOverHttp(doors.httpAddress, aRequest(), { holder: "client" })).toBe(200);
    expect(doors.taken).toBe(2);
    expect(doors.warnings).toEqual([]);
    for (const holder of [undefined, "stranger", "expired"] as const) {
      expect(await exportOverGrpc(doors.grpcAddress, aRequest(), { holder })).toBe(14);
      expect(await exportOverHttp(doors.httpAddress, aRequest(), { holder })).toMatch(/^E/);
    }
    expect(doors.taken).toBe(2);
    expect(new Set(doors.warnings)).toEqual(new Set(["the TLS handshake of a sender failed"]));
  });

  it("do not wait for a sender that never ends its handshake when they stop", {
    timeout: 10_000,
  }, async () => {
    const doors = await secureDoors(SERVER);
    const silent = [doors.grpcAddress, doors.httpAddress].map((address) => {
      const socket = connectTcp(Number(address.split(":")[1]), "127.0.0.1");
      socket.on("error", () => undefined);
      return socket;
    });
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    // So that both doors have seen it.
    await exportOverGrpc(doors.grpcAddress, aRequest());
    await exportOverHttp(doors.httpAddress, aRequest());
    open.splice(0);
    await doors.stop();
    for (const socket of silent) socket.destroy();
  });
});

describe("certificates of doors", () => {
  it("are renewed without a restart, while a connection that is there goes on", async () => {
    const files = renewableFiles("server");
    const { client_ca_file: _, ...tls } = of(files);
    const doors = await secureDoors(tls);
    const addresses = [doors.grpcAddress, doors.httpAddress];
    for (const address of addresses) expect(await shownName(address)).toBe("server");
    const before = await handshake(doors.httpAddress);
    files.renew("renewed-server");
    for (const address of addresses) await expect.poll(() => shownName(address)).toBe("renewed-server");
    before.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    const answer = await new Promise<string>((resolve) =>
      before.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1"))),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    before.destroy();
    expect(doors.warnings).toEqual([]);
  });

  it("that are broken leave the old ones in force, are told once, and are read again when they are mended", async () => {
    const files = renewableFiles("server");
    const { client_ca_file: _, ...tls } = of(files);
    const doors = await startDoors(async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }), {
      http: { tls },
    });
    open.push(doors);
    files.breakKey();
    await expect.poll(() => doors.warnings).toEqual(["new TLS files cannot be used: the old ones stay"]);
    expect(await shownName(doors.httpAddress)).toBe("server");
    writeFileSync(files.cert, "no certificate");
    await expect.poll(() => doors.warnings).toHaveLength(2);
    expect(await shownName(doors.httpAddress)).toBe("server");
    files.renew("renewed-server");
    await expect.poll(() => shownName(doors.httpAddress)).toBe("renewed-server");
  });

  it("are renewed as Kubernetes does it, by another link", async () => {
    const { cert, key, renew } = mountedFiles("server");
    const doors = await secureDoors({ cert_file: cert, key_file: key, reload_interval_ms: 100 });
    renew("renewed-server");
    for (const address of [doors.grpcAddress, doors.httpAddress])
      await expect.poll(() => shownName(address)).toBe("renewed-server");
    expect(doors.warnings).toEqual([]);
  });

  it("may come long before their keys: the old ones stay in force until both are there", async () => {
    const files = renewableFiles("server");
    const { client_ca_file: _, ...tls } = of(files);
    const doors = await secureDoors(tls);
    files.put("cert", "renewed-server");
    await expect.poll(() => doors.warnings).toHaveLength(2);
    for (const address of [doors.grpcAddress, doors.httpAddress])
      expect(await shownName(address)).toBe("server");
    files.put("key", "renewed-server");
    for (const address of [doors.grpcAddress, doors.httpAddress])
      await expect.poll(() => shownName(address)).toBe("renewed-server");
    expect(new Set(doors.warnings)).toEqual(new Set(["new TLS files cannot be used: the old ones stay"]));
  });

  it("whose time is over take the place of none", async () => {
    const files = renewableFiles("server");
    const { client_ca_file: _, ...tls } = of(files);
    const doors = await secureDoors(tls);
    files.renew("expired");
    await expect.poll(() => doors.warnings).toHaveLength(2);
    for (const address of [doors.grpcAddress, doors.httpAddress])
      expect(await shownName(address)).toBe("server");
  });

  it("of an authority that is gone open nothing any more, not by a session that is resumed either", async () => {
    const files = renewableFiles("server");
    const doors = await secureDoors(of(files));
    const client = { cert: fixture("client.pem"), key: fixture("client.key") };
    expect(await exportOverHttp(doors.httpAddress, aRequest(), { holder: "client" })).toBe(200);
    const session = await sessionOf(doors.httpAddress, client);
    expect(await answerTo(doors.httpAddress, { ...(await pems(client)), session })).toContain("404");
    files.renew("server", "other-ca");
    await expect
      .poll(() => exportOverHttp(doors.httpAddress, aRequest(), { holder: "client" }))
      .toMatch(/^E/);
    expect(await answerTo(doors.httpAddress, { ...(await pems(client)), session })).toBe("");
    expect(await exportOverGrpc(doors.grpcAddress, aRequest(), { holder: "client" })).toBe(14);
    expect(await exportOverGrpc(doors.grpcAddress, aRequest(), { holder: "stranger" })).toBe(0);
  });
});

type Pair = { readonly cert: string; readonly key: string };

async function pems({ cert, key }: Pair) {
  const { readFileSync } = await import("node:fs");
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

async function sessionOf(address: string, pair: Pair): Promise<Buffer> {
  const socket = await handshake(address, await pems(pair));
  const session = new Promise<Buffer>((resolve) => socket.once("session", resolve));
  const got = await session;
  socket.destroy();
  return got;
}

/** What is answered to a request on a connection of its own; "" for none. */
async function answerTo(address: string, options: object): Promise<string> {
  try {
    const socket = await handshake(address, options);
    return await new Promise<string>((resolve) => {
      socket.once("data", (bytes: Buffer) => {
        socket.destroy();
        resolve(bytes.toString("latin1"));
      });
      socket.once("error", () => resolve(""));
      socket.once("close", () => resolve(""));
      socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    });
  } catch {
    return "";
  }
}

describe("a TLS configuration", () => {
  it.each([
    [{ cert_file: "a" }, "receive", "key_file"],
    [{ key_file: "a" }, "receive", "cert_file"],
    [{ client_ca_file: "a" }, "receive", "cert_file"],
    [{ min_version: "1.1" }, "receive", "min_version"],
    [{ certfile: "a" }, "receive", "tls"],
  ])("that is wrong is refused with its key: %j", (tls, _, key) => {
    const { error } = receiveConfig.safeParse({ grpc: { tls } });
    expect(error?.issues.map(({ path }) => path.at(-1))).toEqual([key]);
  });

  it.each([
    ["no file", { ...SERVER, cert_file: "/nowhere/tls.crt" }, /grpc\.tls\.cert_file: cannot read/],
    [
      "no certificate",
      { ...SERVER, cert_file: fixture("server.key") },
      /grpc\.tls\.cert_file: .* cannot be used/,
    ],
    [
      "no authority",
      { ...SERVER, client_ca_file: fixture("server.key") },
      /grpc\.tls\.client_ca_file: .* cannot/,
    ],
    [
      "another's key",
      { ...SERVER, key_file: fixture("client.key") },
      /grpc\.tls\.key_file: .* cannot be used/,
    ],
  ])("with %s opens no door, and says which file", async (_, tls, message) => {
    await expect(secureDoors(tls)).rejects.toThrow(message);
  });
});
