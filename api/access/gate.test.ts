import { beforeEach, describe, expect, it } from "vitest";
import { apiConfig } from "../config.ts";
import { createGate, type Gate } from "./gate.ts";

const READER = "reader-token-0123456789";
const WRITER = "writer-token-0123456789";
const { tokens } = apiConfig.parse({
  tokens: [
    { name: "dashboard", role: "read", token: READER },
    { name: "alice", role: "write", token: WRITER },
  ],
});

let nowMs: number;
let gate: Gate;
beforeEach(() => {
  nowMs = 1_000;
  gate = createGate(tokens, () => nowMs);
});

const admit = (authorization: string | undefined, address = "10.0.0.1") => gate.admit(authorization, address);
const guess = (times: number, address?: string) => {
  for (let i = 0; i < times; i++) admit(`Bearer guess-${i}`, address);
};

describe("who has no token is not let in", () => {
  it.each([undefined, "", "Bearer", "Bearer ", `Basic ${WRITER}`, WRITER, `Bearer ${WRITER} ${READER}`])(
    "missing: %j",
    (authorization) => {
      expect(admit(authorization)).toEqual({ kind: "missing" });
    },
  );

  it.each(["x", WRITER.slice(0, -1), `${WRITER}0`, WRITER.toUpperCase(), "ä".repeat(20)])(
    "wrong: %j",
    (token) => {
      expect(admit(`Bearer ${token}`)).toEqual({ kind: "wrong" });
    },
  );
});

it("knows each token by its name and role", () => {
  expect(admit(`Bearer ${READER}`)).toEqual({
    kind: "admitted",
    principal: { name: "dashboard", role: "read" },
  });
  expect(admit(`bearer  ${WRITER}`)).toEqual({
    kind: "admitted",
    principal: { name: "alice", role: "write" },
  });
});

it("lets everybody in as local where no token is configured", () => {
  const open = createGate([], () => 0);
  for (const authorization of [undefined, "Bearer anything"])
    expect(open.admit(authorization, undefined)).toEqual({
      kind: "admitted",
      principal: { name: "local", role: "write" },
    });
});

describe("guessing", () => {
  it("shuts the address out for the rest of a minute, the right token too, and no other address", () => {
    guess(20);
    nowMs += 20_000;
    expect(admit(`Bearer ${WRITER}`)).toEqual({ kind: "limited", retryAfterMs: 40_000 });
    expect(admit(`Bearer ${WRITER}`, "10.0.0.2")).toMatchObject({ kind: "admitted" });
    nowMs += 40_000;
    expect(admit(`Bearer ${WRITER}`)).toMatchObject({ kind: "admitted" });
  });

  it("is not what a program does that goes on with an old token, or with none", () => {
    for (let i = 0; i < 1_000; i++) {
      expect(admit("Bearer old-token-of-last-year")).toEqual({ kind: "wrong" });
      expect(admit(undefined)).toEqual({ kind: "missing" });
    }
    expect(admit(`Bearer ${WRITER}`)).toMatchObject({ kind: "admitted" });
  });

  it("is forgotten a minute after its first try", () => {
    guess(19);
    nowMs += 60_000;
    guess(19);
    expect(admit(`Bearer ${WRITER}`)).toMatchObject({ kind: "admitted" });
  });

  it("is remembered of a bounded number of addresses", () => {
    guess(20, "10.9.9.9");
    for (let i = 0; i < 5_000; i++) guess(1, `10.1.${i >> 8}.${i & 255}`);
    expect(admit(`Bearer ${WRITER}`, "10.9.9.9")).toMatchObject({ kind: "admitted" });
  });
});
