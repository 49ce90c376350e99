import { afterEach, describe, expect, it } from "vitest";
import { receiveConfig } from "../../processor/receive/config.ts";
import { decodeStatus } from "../../processor/wire/rpc-status.ts";
import { type Doors, startDoors } from "../edges/doors.ts";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";

const ALICE = "alice-0123456789abcdef";
const BOB = "bob-0123456789abcdefgh";
const tokens = [
  { name: "alice", token: ALICE },
  { name: "bob", token: BOB },
];
const open: Doors[] = [];
afterEach(async () => {
  for (const doors of open.splice(0)) await doors.stop();
});

async function doorsWithTokens() {
  const seen = { taken: 0 };
  const doors = await startDoors(
    async () => {
      seen.taken += 1;
      return { kind: "accepted", rejectedRecords: 0, message: "" };
    },
    { auth: { tokens } },
  );
  open.push(doors);
  return { ...doors, seen };
}

describe("doors with tokens", () => {
  it.each([ALICE, BOB])("take what comes with one of them: %s", async (token) => {
    const { grpcAddress, httpAddress, seen } = await doorsWithTokens();
    const authorization = `Bearer ${token}`;
    expect((await sendGrpc(grpcAddress, aRequest(), { metadata: { authorization } })).code).toBe(0);
    expect((await sendHttp(httpAddress, aRequest(), { authorization })).status).toBe(200);
    // RFC 9110: a scheme's name is written in any case.
    expect((await sendHttp(httpAddress, aRequest(), { authorization: `bearer ${token}` })).status).toBe(200);
    expect(seen.taken).toBe(3);
  });

  it.each([
    ["none", {}],
    ["a wrong one", { authorization: `Bearer ${ALICE}x` }],
    ["the beginning of one", { authorization: `Bearer ${ALICE.slice(0, -1)}` }],
    ["an empty one", { authorization: "Bearer " }],
    ["another scheme", { authorization: `Basic ${ALICE}` }],
    ["the token alone", { authorization: ALICE }],
    ["it in another header", { "x-api-key": ALICE }],
  ])("refuse what comes with %s, unread, and say nothing of what was given", async (_, headers: object) => {
    const { grpcAddress, httpAddress, seen, refused } = await doorsWithTokens();
    const metadata = { ...headers };
    const grpc = await sendGrpc(grpcAddress, aRequest(), { metadata });
    expect(grpc.code).toBe(16);
    expect(grpc.retryAfterMs).toBeUndefined();
    const http = await sendHttp(httpAddress, aRequest(), metadata);
    expect(http.status).toBe(401);
    expect(http.headers["www-authenticate"]).toBe('Bearer realm="logbert"');
    const status = decodeStatus(http.body);
    expect(status?.code).toBe(16);
    expect(`${grpc.details}${status?.message}`).not.toContain("0123456789");
    expect(seen.taken).toBe(0);
    expect(refused).toEqual(["unauthenticated", "unauthenticated"]);
  });

  it("tell nobody without one which paths and methods there are", async () => {
    const { grpcAddress, httpAddress } = await doorsWithTokens();
    expect((await sendGrpc(grpcAddress, aRequest(), { path: "/logbert.v1.Any/Thing" })).code).toBe(16);
    expect((await sendHttp(httpAddress, aRequest(), {}, { path: "/elsewhere" })).status).toBe(401);
    const authorization = `Bearer ${BOB}`;
    const known = { path: "/logbert.v1.Any/Thing", metadata: { authorization } };
    expect((await sendGrpc(grpcAddress, aRequest(), known)).code).toBe(12);
    expect((await sendHttp(httpAddress, aRequest(), { authorization }, { path: "/elsewhere" })).status).toBe(
      404,
    );
  });

  it("answer health checks without one: balancers have none", async () => {
    const { grpcAddress } = await doorsWithTokens();
    const check = { path: "/grpc.health.v1.Health/Check" };
    expect((await sendGrpc(grpcAddress, new Uint8Array(0), check)).code).toBe(0);
  });
});

it.each([
  [[{ name: "a", token: "short" }], ["auth", "tokens", 0, "token"]],
  [[{ name: "a", token: "" }], ["auth", "tokens", 0, "token"]],
  [[{ name: "a", token: 1234567890123456 }], ["auth", "tokens", 0, "token"]],
  [[{ name: "a", token: "with spaces in it, really" }], ["auth", "tokens", 0, "token"]],
  [
    [tokens[0], { name: "alice", token: BOB }],
    ["auth", "tokens", 1, "name"],
  ],
  [
    [tokens[0], { name: "carol", token: ALICE }],
    ["auth", "tokens", 1, "token"],
  ],
])("a token that is no good is refused with its place, and never shown: %#", (list, path) => {
  const { error } = receiveConfig.safeParse({ auth: { tokens: list } });
  expect(error?.issues[0]?.path).toEqual(path);
  expect(error?.message).not.toMatch(/0123456789|short|with spaces/);
});
