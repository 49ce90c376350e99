import type { IncomingHttpHeaders } from "node:http";
import { connect as connectTcp } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import { createMetadataReader, type Metadata } from "../../processor/forward/metadata.ts";
import { processRequest } from "../../processor/pipeline.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { startHttpNextHop } from "../edges/next-hop.ts";
import { answerOk, startRawNextHop } from "../edges/raw-next-hop.ts";
import { aRequest, startRelay } from "../edges/relay.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";
import { stagesUnderTest } from "../helpers/stages-under-test.ts";

const never = new AbortController().signal;
const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.stop ?? one.close)?.();
});
const keep = <T extends (typeof open)[number]>(one: T): T => {
  open.push(one);
  return one;
};

const KEYS = ["X-Scope-OrgID", "authorization"];

/** A next hop of either protocol that remembers the headers of each request. */
async function hopOf(protocol: "grpc" | "http") {
  const seen: IncomingHttpHeaders[] = [];
  if (protocol === "grpc") {
    const hop = keep(
      await startRawNextHop(
        (stream) => answerOk(stream),
        (_, __, headers) => {
          seen.push(headers);
          return false;
        },
      ),
    );
    return { endpoint: hop.address, seen };
  }
  const hop = keep(
    await startHttpNextHop((_, { headers }) => {
      seen.push(headers);
      return { status: 200 };
    }),
  );
  return { endpoint: `http://${hop.address}/v1/logs`, seen };
}

describe.each(["grpc", "http"] as const)("headers that go on over %s", (protocol) => {
  it("are those of the list, whichever way they came, and no others", async () => {
    const { endpoint, seen } = await hopOf(protocol);
    const relay = keep(await startRelay(endpoint, { metadata_keys: KEYS }));
    const given = { "x-scope-orgid": "acme", authorization: "Bearer of-the-sender", "x-other": "secret" };
    expect((await sendGrpc(relay.grpcAddress, aRequest(), { metadata: given })).code).toBe(0);
    expect((await sendHttp(relay.httpAddress, aRequest(), given)).status).toBe(200);
    expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(200);
    expect(seen.map((one) => [one["x-scope-orgid"], one.authorization, one["x-other"]])).toEqual([
      ["acme", "Bearer of-the-sender", undefined],
      ["acme", "Bearer of-the-sender", undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it("are none where none are listed", async () => {
    const { endpoint, seen } = await hopOf(protocol);
    const relay = keep(await startRelay(endpoint));
    const given = { "x-scope-orgid": "acme", authorization: "Bearer of-the-sender" };
    expect((await sendGrpc(relay.grpcAddress, aRequest(), { metadata: given })).code).toBe(0);
    expect((await sendHttp(relay.httpAddress, aRequest(), given)).status).toBe(200);
    expect(seen.map((one) => [one["x-scope-orgid"], one.authorization])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

const readHeader = createMetadataReader(["x-scope-orgid"]);
function metadataOf(tenant: string): Metadata {
  const metadata = readHeader?.({ "x-scope-orgid": tenant });
  if (metadata === undefined || "problem" in metadata) throw new Error("no metadata");
  return metadata;
}

describe("requests of different tenants", () => {
  it.each([1_000, 1])(
    "are never joined, also where %i combinations are remembered; those of one are",
    async (metadata_cardinality_limit) => {
      const arrived: { readonly tenant: unknown; readonly bodies: string[] }[] = [];
      const hop = keep(
        await startHttpNextHop((body, { headers }) => {
          const bodies = readRequest(body).records.map((record) => record.body);
          arrived.push({ tenant: headers["x-scope-orgid"], bodies });
          return { status: 200 };
        }),
      );
      const config = forwardConfig.parse({
        endpoint: `http://${hop.address}/v1/logs`,
        join: { concurrency: 1 },
        metadata_keys: ["x-scope-orgid"],
        metadata_cardinality_limit,
      });
      const forwarder = keep(createForwarder(config));
      const sent = Array.from({ length: 300 }, (_, i) => ({ tenant: `tenant-${i % 3}`, i }));
      const outcomes = await Promise.all(
        sent.map(({ tenant, i }) =>
          forwarder.forward(aRequest(1, `of ${tenant} ${i}`), never, metadataOf(tenant)),
        ),
      );
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
      for (const { tenant, bodies } of arrived)
        for (const body of bodies) expect(body).toMatch(new RegExp(`^of ${tenant} `));
      expect(arrived.flatMap(({ bodies }) => bodies)).toHaveLength(300);
      if (metadata_cardinality_limit > 1) expect(arrived.length).toBeLessThan(20);
    },
  );

  it("with the same bytes are no retries of each other, under way or later", async () => {
    const { stages } = stagesUnderTest();
    const forwarded: unknown[] = [];
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const under = {
      ...stages,
      forwarder: {
        forward: async (_: Uint8Array, __: AbortSignal, metadata?: Metadata) => {
          const call = forwarded.push(metadata?.headers["x-scope-orgid"]);
          await answers[call - 1]?.promise;
          return call <= 2
            ? ({ kind: "retry", afterMs: undefined, message: "away" } as const)
            : ({ kind: "accepted", rejectedRecords: 0, message: "" } as const);
        },
        close: async () => undefined,
      },
    };
    const reads: string[] = [];
    const send = (tenant: string) => {
      const read: typeof stages.read = (bytes) => {
        reads.push(tenant);
        return stages.read(bytes);
      };
      const arrival = { bytes: aRequest(), transport: "grpc", metadata: metadataOf(tenant) } as const;
      return processRequest(arrival, { ...under, read }, never);
    };
    const both = [send("a"), send("b")];
    for (const answer of answers) answer.resolve();
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(["retry", "retry"]);
    // Each was made something of by itself, and each finds its own when it comes again.
    expect(reads).toEqual(["a", "b"]);
    expect((await send("b")).kind).toBe("accepted");
    expect((await send("a")).kind).toBe("accepted");
    expect(forwarded).toEqual(["a", "b", "b", "a"]);
    expect(reads).toEqual(["a", "b"]);
    await send("c");
    expect(reads).toEqual(["a", "b", "c"]);
  });
});

describe("a header that cannot go on", () => {
  it.each(["\u0001", "\u007f", "a\u0000b", "\u00e4", "日"])(
    "has its value refused and not told: %j",
    (value) => {
      const answer = readHeader?.({ "x-scope-orgid": `mark${value}` });
      expect(answer).toEqual({ problem: expect.stringContaining("x-scope-orgid") });
      expect(JSON.stringify(answer)).not.toContain("mark");
    },
  );

  it("because it is too long or not of ASCII is refused for good, over both protocols", async () => {
    const { endpoint, seen } = await hopOf("http");
    const relay = keep(await startRelay(endpoint, { metadata_keys: KEYS }));
    for (const value of ["x".repeat(5_000), "caf\u00e9"]) {
      const given = { "x-scope-orgid": value };
      expect((await sendHttp(relay.httpAddress, aRequest(), given)).status).toBe(400);
    }
    const long = { metadata: { "x-scope-orgid": "x".repeat(5_000) } };
    expect((await sendGrpc(relay.grpcAddress, aRequest(), long)).code).toBe(3);
    expect(seen).toEqual([]);
  });

  it("because it would end a line never gets past the door", async () => {
    const { endpoint, seen } = await hopOf("http");
    const relay = keep(await startRelay(endpoint, { metadata_keys: KEYS }));
    const [host = "", port] = relay.httpAddress.split(":");
    for (const value of ["a\u0001b", "a\u0000b", "a\rb"]) {
      const socket = connectTcp(Number(port), host);
      const body = Buffer.from(aRequest());
      socket.write(
        `POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\nX-Scope-OrgID: ${value}\r\ncontent-length: ${body.length}\r\n\r\n`,
        "latin1",
      );
      socket.write(body);
      const answer = await new Promise<string>((resolve) =>
        socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1"))),
      );
      socket.destroy();
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(seen).toEqual([]);
  });
});

it.each(["constructor", "__proto__", "tostring"])("a header named %s is one like others", (name) => {
  const read = createMetadataReader([name]);
  expect(read?.({})).toMatchObject({ headers: {} });
  const given: Record<string, string> = Object.create(null);
  given[name] = "x";
  const found = read?.(given);
  expect(found).toHaveProperty("key");
  expect(JSON.stringify(found)).toContain(`"${name}":"x"`);
});

describe("forward.metadata_keys", () => {
  it.each(["content-type", "Host", "grpc-timeout", "connection", "te", "content-length", "a b", ":path", ""])(
    "has no place for %j",
    (key) => expect(() => forwardConfig.parse({ metadata_keys: [key] })).toThrow(),
  );

  it("has no place for a header that is configured", () => {
    const settings = { metadata_keys: ["authorization"], headers: { Authorization: "Bearer ours" } };
    expect(() => forwardConfig.parse(settings)).toThrow("authorization is in forward.headers too");
  });
});
