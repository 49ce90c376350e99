import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { webhookHeaders } from "./webhook.ts";

const BODY = '{"type":"test"}';
const sent = (secret: string, nowMs = Date.now()) => ({ ...webhookHeaders(secret, "id-1", nowMs, BODY) });

it("is verified by anybody's library of the standard, with either form of the secret", () => {
  const base64 = Buffer.from("0123456789abcdef0123456789abcdef").toString("base64");
  expect(new Webhook(base64).verify(BODY, sent(`whsec_${base64}`))).toEqual({ type: "test" });
  const plain = "a secret of plain text";
  const webhook = new Webhook(plain, { format: "raw" });
  expect(webhook.verify(BODY, sent(plain))).toEqual({ type: "test" });
  expect(() => webhook.verify(`${BODY} `, sent(plain))).toThrow("signature");
  expect(() => webhook.verify(BODY, sent("another secret....."))).toThrow("signature");
});

it("is refused when it is replayed after five minutes", () => {
  const plain = "a secret of plain text";
  const webhook = new Webhook(plain, { format: "raw" });
  expect(() => webhook.verify(BODY, sent(plain, Date.now() - 301_000))).toThrow("too old");
});
