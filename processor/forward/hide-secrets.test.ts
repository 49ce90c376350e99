import { expect, it } from "vitest";
import type { ForwardOutcome } from "./forward-outcome.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { createMetadataReader } from "./metadata.ts";

const never = new AbortController().signal;
const body = new Uint8Array(0);
const saying = (message: string) => ({
  send: async (): Promise<ForwardOutcome> => ({ kind: "retry", afterMs: undefined, message }),
  close: async () => undefined,
});

it.each([
  ["bad header Bearer abcdef123456!", "bad header (hidden)!"],
  ["token abcdef123456 is unknown", "token (hidden) is unknown"],
  ["which was cut in it: Bearer abcdef12…", "which was cut in it: (hidden)…"],
  ["which was cut in it: abcdef12… (see)", "which was cut in it: (hidden)… (see)"],
  ["send a Bearer token", "send a Bearer token"],
  ["needed is Authorization: Bearer …", "needed is Authorization: Bearer …"],
  ["tenant one: abcdef", "tenant one: abcdef"],
])("a next hop that says %j is quoted as %j", async (said, quoted) => {
  const sender = hideSecrets(saying(said), ["Bearer abcdef123456"]);
  expect((await sender.send(body, never)).message).toBe(quoted);
});

it("hides what a sender showed, and leaves its tenant, by which a mistake is found", async () => {
  const read = createMetadataReader(["authorization", "x-scope-orgid"]);
  const metadata = read?.({ authorization: "Bearer of-the-sender", "x-scope-orgid": "tenant-one" });
  if (metadata === undefined || "problem" in metadata) throw new Error("no metadata");
  const sender = hideSecrets(saying("tenant-one: of-the-sender may not write"), []);
  expect((await sender.send(body, never, metadata)).message).toBe("tenant-one: (hidden) may not write");
});

it("leaves an answer without words as it is", async () => {
  const taken: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
  const sender = hideSecrets({ send: async () => taken, close: async () => undefined }, ["secret1"]);
  expect(await sender.send(body, never)).toBe(taken);
});
