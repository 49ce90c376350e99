import type { LookupAddress } from "node:dns";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, isIPv6 } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { alertsConfig } from "../../api/alerts/config.ts";
import { post } from "../../api/alerts/post.ts";
import { explainerConfig, reachOf } from "../../api/llm/config.ts";
import { postTo, type Resolve } from "../../api/outgoing/post-to.ts";
import { mayReach, mayReachUrl, type Reach } from "../../api/outgoing/reach.ts";
import { fixture } from "./tls-files.ts";

const REACHES: readonly Reach[] = ["public", "loopback", "private"];
const reachesOf = (address: string) => REACHES.filter((reach) => mayReach(address, reach));

describe("an address", () => {
  it.each([
    ["of the internet", "93.184.216.34 2606:2800:220:1::1 ::ffff:93.184.216.34 64:ff9b::5db8:d822", REACHES],
    [
      "of this machine",
      "127.0.0.1 127.9.9.9 0.0.0.0 ::1 :: ::ffff:127.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1",
      ["loopback", "private"],
    ],
    [
      "of the own network",
      "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 198.18.0.1 fd12::1 fc00::1 ::ffff:10.0.0.1 64:ff9b::a00:1",
      ["private"],
    ],
    [
      "of a link, a cloud's metadata or a group",
      "169.254.169.254 169.254.170.2 ::ffff:169.254.169.254 ::ffff:a9fe:a9fe 64:ff9b::a9fe:a9fe ::169.254.169.254 2002:a9fe:a9fe::1 fe80::1 fe80::1%eth0 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:c1::a9fe:a9fe ::ffff:0:169.254.169.254 ::ffff:0:a00:1 100.100.100.200 192.0.0.192 168.63.129.16 224.0.0.1 255.255.255.255 ff02::1",
      [],
    ],
  ])("%s", (_, addresses, expected) => {
    for (const address of addresses.split(" "))
      expect([address, reachesOf(address)]).toEqual([address, expected]);
  });

  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://localhost/",
    "http://LOCALHOST:8080/",
    "http://localhost./",
    "http://app.localhost/",
    "http://10.1.2.3/",
    "http://169.254.169.254/latest/meta-data/",
  ])("is seen however it is written: %s", (url) => expect(mayReachUrl(url, "public")).toBe(false));

  it.each(["https://hooks.example.com/x", "http://93.184.216.34/", "http://[2606:2800:220:1::1]/"])(
    "that is public is let be: %s",
    (url) => expect(mayReachUrl(url, "public")).toBe(true),
  );
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(
  listener: RequestListener,
  create: (listener: RequestListener) => Server = (one) => createServer(one),
): Promise<number> {
  const server: Server = create(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : 0;
}

/** Names that lead where they are told to, the first time and the next ones. */
function resolving(...answers: readonly string[][]): Resolve & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _, callback) => {
    asked.push(hostname);
    const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? [];
    const found: LookupAddress[] = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    queueMicrotask(() => callback(null, found));
  };
  return Object.assign(resolve, { asked });
}

const codeOf = (error: unknown) =>
  error instanceof Error && error.cause instanceof Error && "code" in error.cause ? error.cause.code : error;

function ask(url: string, reach: Reach, resolve?: Resolve) {
  const signal = AbortSignal.timeout(5_000);
  return postTo({ url, headers: { authorization: "secret" }, body: "{}", signal, reach }, resolve).then(
    ({ status }) => status,
    codeOf,
  );
}

describe("a post", () => {
  it("to a name that leads to this machine, its network or its metadata never leaves", async () => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests += 1;
      response.end();
    });
    for (const address of [
      "127.0.0.1",
      "::1",
      "::ffff:127.0.0.1",
      "10.0.0.1",
      "169.254.169.254",
      "fd00:ec2::254",
    ])
      expect(await ask(`http://hooks.example.com:${port}/`, "public", resolving([address]))).toBe(
        "PRIVATE_ADDRESS",
      );
    // One that is hidden among public ones is found as well.
    expect(
      await ask(`http://hooks.example.com:${port}/`, "public", resolving(["93.184.216.34", "127.0.0.1"])),
    ).toBe("PRIVATE_ADDRESS");
    expect(await ask("http://meta.example.com/", "private", resolving(["169.254.169.254"]))).toBe(
      "PRIVATE_ADDRESS",
    );
    expect(requests).toBe(0);
  });

  it("gains nothing by a name that leads elsewhere the second time: it is looked up once, and held to that", async () => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests += 1;
      response.end();
    });
    const rebinding = resolving(["127.0.0.1"], ["169.254.169.254"]);
    expect(await ask(`http://hooks.example.com:${port}/`, "private", rebinding)).toBe(200);
    expect(rebinding.asked).toHaveLength(1);
    expect(await ask(`http://hooks.example.com:${port}/`, "private", rebinding)).toBe("PRIVATE_ADDRESS");
    expect(requests).toBe(1);
  });

  it("over TLS is held to the same", async () => {
    let requests = 0;
    const files = { cert: readFileSync(fixture("server.pem")), key: readFileSync(fixture("server.key")) };
    const port = await serve(
      () => {
        requests += 1;
      },
      (listener) => createTlsServer(files, listener),
    );
    const url = `https://localhost:${port}/`;
    expect(await ask(url, "public", resolving(["127.0.0.1"]))).toBe("PRIVATE_ADDRESS");
    // Allowed, it gets as far as the certificate, which nobody here trusts.
    expect(await ask(url, "private", resolving(["127.0.0.1"]))).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(requests).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])("follows no redirect: %i", async (status) => {
    let followed = 0;
    const elsewhere = await serve((_, response) => {
      followed += 1;
      response.end();
    });
    const location = `http://127.0.0.1:${elsewhere}/`;
    const port = await serve((_, response) => response.writeHead(status, { location }).end());
    expect(await ask(`http://127.0.0.1:${port}/`, "private")).toBe(status);
    expect(followed).toBe(0);
  });

  it.each([
    "HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    "HTTP/1.1 099 Low\r\ncontent-length: 0\r\n\r\n",
    "no HTTP at all\r\n\r\n",
    "",
  ])("that is answered with nonsense has failed, and nothing worse: %j", async (answer) => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(server);
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    const outcome = await post(
      { url: `http://127.0.0.1:${port}/`, headers: {}, body: "{}", reach: "private" },
      Date.now,
    );
    expect(outcome).toMatchObject({ kind: "retry", reason: expect.stringContaining("cannot be reached") });
  });

  it("goes through a proxy where Node is told of one, which may be in the own network", async () => {
    const asked: unknown[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url);
      response.end();
    });
    vi.stubEnv("NODE_USE_ENV_PROXY", "1");
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${port}`);
    vi.stubEnv("NO_PROXY", "direct.example.com");
    const resolve = resolving(["127.0.0.1"]);
    expect(await ask("http://hooks.example.com/x", "public", resolve)).toBe(200);
    expect([asked, resolve.asked]).toEqual([["http://hooks.example.com/x"], []]);
    expect(await ask(`http://direct.example.com:${port}/x`, "public", resolve)).toBe("PRIVATE_ADDRESS");
    expect(await ask("http://169.254.169.254/x", "private", resolve)).toBe("PRIVATE_ADDRESS");
    vi.unstubAllEnvs();
  });

  it("of an alert says why in a word, and not where to", async () => {
    const outcome = await post(
      { url: "http://127.0.0.1:1/hook/T0SECRET0", headers: {}, body: "{}", reach: "public" },
      Date.now,
    );
    expect(outcome).toEqual({
      kind: "retry",
      afterMs: undefined,
      reason: "cannot be reached (PRIVATE_ADDRESS)",
    });
  });
});

describe("the configuration", () => {
  const channel = (fields: object) => ({
    kind: "slack",
    name: "ops",
    url: "http://10.0.0.1/SECRET",
    ...fields,
  });
  const problemsOf = (settings: object) =>
    (alertsConfig.safeParse(settings).error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it("refuses a channel in the own network unless it is allowed, for all or for itself, and does not print it", () => {
    const refusals = [
      { channels: [channel({})] },
      { channels: [channel({ allow_private_addresses: false })], allow_private_addresses: true },
      { channels: [channel({ url: "http://169.254.169.254/SECRET" })], allow_private_addresses: true },
    ];
    for (const settings of refusals) {
      const [problem = "", ...others] = problemsOf(settings);
      expect(problem).toMatch(
        /^channels\.0\.url: leads to this machine or its network: set allow_private_addresses/,
      );
      expect(others).toEqual([]);
      expect(problem).not.toMatch(/SECRET|10\.0\.0\.1/);
    }
    for (const settings of [
      { channels: [channel({})], allow_private_addresses: true },
      { channels: [channel({ allow_private_addresses: true })] },
      { channels: [channel({ url: "https://hooks.example.com/x" })] },
      { channels: [{ kind: "otlp", name: "collector", endpoint: "http://127.0.0.1:4319" }] },
    ])
      expect(problemsOf(settings)).toEqual([]);
  });

  it.each([
    ["http://127.0.0.1:11434/v1", "loopback"],
    ["http://localhost:11434/v1", "loopback"],
    ["http://[::1]:8000/v1", "loopback"],
    ["https://models.example.com/v1", "public"],
    ["", "public"],
  ])("lets a model server on this machine be asked without more: %s may reach %s", (base_url, reach) => {
    const provider = base_url === "" ? "off" : "openai-compatible";
    expect(reachOf(explainerConfig.parse({ provider, model: "m", base_url }))).toBe(reach);
  });

  it("wants a word for one in the own network", () => {
    const settings = { provider: "openai-compatible", model: "m", base_url: "http://10.0.0.5:8000/v1" };
    expect(() => explainerConfig.parse(settings)).toThrow("set explainer.allow_private_addresses");
    expect(reachOf(explainerConfig.parse({ ...settings, allow_private_addresses: true }))).toBe("private");
    const metadata = { ...settings, base_url: "http://169.254.169.254/v1", allow_private_addresses: true };
    expect(() => explainerConfig.parse(metadata)).toThrow("leads to a private address");
  });
});
