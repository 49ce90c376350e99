import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { Server } from "node:net";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import { answerOk } from "../edges/raw-next-hop.ts";
import { aRequest } from "../edges/relay.ts";
import { fixture, renewableFiles } from "./tls-files.ts";

const never = new AbortController().signal;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A next hop that asks for a certificate, and remembers whose each request came with. */
interface MutualHop {
  readonly port: number;
  readonly names: string[];
}

function nameOf(socket: unknown): string {
  return socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : "";
}

async function startMutualHop(protocol: "grpc" | "http"): Promise<MutualHop> {
  const names: string[] = [];
  const server = protocol === "grpc" ? grpcServer(names) : httpServer(names);
  const sockets = new Set<TLSSocket>();
  server.on("secureConnection", (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await listen(server);
  open.push({
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const bound = server.address();
  return { port: typeof bound === "object" && bound !== null ? bound.port : 0, names };
}

function serverOptions() {
  return {
    key: readFileSync(fixture("server.key")),
    cert: readFileSync(fixture("server.pem")),
    ca: readFileSync(fixture("ca.pem")),
    requestCert: true,
    rejectUnauthorized: true,
  };
}

function grpcServer(names: string[]): Server {
  return createSecureServer(serverOptions()).on("stream", (stream) => {
    names.push(nameOf(stream.session?.socket));
    stream.resume().on("end", () => answerOk(stream));
  });
}

function httpServer(names: string[]): Server {
  return createServer(serverOptions(), (request, response) => {
    names.push(nameOf(request.socket));
    request.resume().on("end", () => response.writeHead(200).end());
  });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function forwarderTo({ port }: MutualHop, protocol: "grpc" | "http", files: object) {
  const warnings: string[] = [];
  const config = forwardConfig.parse({
    endpoint: `https://127.0.0.1:${port}`,
    protocol,
    timeout_ms: 5_000,
    tls: { reload_interval_ms: 100, ...files },
  });
  const forwarder = createForwarder(config, (_, message) => warnings.push(message));
  open.unshift(forwarder);
  const forward = () => forwarder.forward(aRequest(), never);
  return { warnings, forward, send: async () => (await forward()).kind };
}

describe.each(["grpc", "http"] as const)("the next hop over TLS by %s", (protocol) => {
  it("is shown our renewed certificate by the next request, though the old connection is still good", async () => {
    const hop = await startMutualHop(protocol);
    const files = renewableFiles("client");
    const { send, warnings } = forwarderTo(hop, protocol, {
      ca_file: files.ca,
      cert_file: files.cert,
      key_file: files.key,
    });
    expect(await send()).toBe("accepted");
    files.renew("renewed-client");
    const lastName = async () => {
      expect(await send()).toBe("accepted");
      return hop.names.at(-1);
    };
    await expect.poll(lastName).toBe("renewed-client");
    expect(hop.names[0]).toBe("client");
    expect(warnings).toEqual([]);
  });

  it("goes on being reached with the old files when new ones are broken", async () => {
    const hop = await startMutualHop(protocol);
    const files = renewableFiles("client");
    const { send, warnings } = forwarderTo(hop, protocol, {
      ca_file: files.ca,
      cert_file: files.cert,
      key_file: files.key,
    });
    files.breakKey();
    await expect.poll(() => warnings).toEqual(["new TLS files cannot be used: the old ones stay"]);
    expect(await send()).toBe("accepted");
  });

  it("that wants a certificate of us, and gets none, is told as what it says, at once", async () => {
    const hop = await startMutualHop(protocol);
    const { forward } = forwarderTo(hop, protocol, { ca_file: fixture("ca.pem") });
    expect(await forward()).toMatchObject({
      kind: "retry",
      message: expect.stringContaining("certificate required"),
    });
  });

  it("is not believed when another authority vouches for it, and is worth another try", async () => {
    const hop = await startMutualHop(protocol);
    const files = renewableFiles("client", "other-ca");
    const { send } = forwarderTo(hop, protocol, {
      ca_file: files.ca,
      cert_file: files.cert,
      key_file: files.key,
    });
    expect(await send()).toBe("retry");
    files.renew("client", "ca");
    await expect.poll(send).toBe("accepted");
  });
});

it("files that cannot be used are told at the start by their key", () => {
  const parse = (tls: object) => forwardConfig.parse({ endpoint: "https://127.0.0.1:1", tls });
  const start = (tls: object) => () => createForwarder(parse(tls));
  expect(start({ ca_file: "/nowhere" })).toThrow("forward.tls.ca_file: cannot read /nowhere (ENOENT)");
  expect(start({ cert_file: fixture("client.pem"), key_file: fixture("server.key") })).toThrow(
    /forward\.tls\.key_file: .* cannot be used/,
  );
  expect(() => parse({ cert_file: "a" })).toThrow("cert_file and key_file go together");
});
