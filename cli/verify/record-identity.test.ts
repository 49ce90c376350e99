import { expect, it } from "vitest";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { createIdentities } from "./record-identity.ts";

const request = (service: string) =>
  encodeRequest([
    { attributes: { "service.name": service }, records: [{ timeUnixNano: 1n, body: "hello" }] },
  ]);
const redactor = createRedactor(redactConfig.parse({}));

it("does not take a text in which nothing is found for redacted, whatever redaction makes of it", () => {
  const emptying = { ...redactor, sender: () => "", plain: () => "" };
  const { before, after } = createIdentities(() => false, emptying);
  const [came] = before(request("checkout"));
  expect(came?.digest).toBe(after(request("checkout"))[0]?.digest);
  expect(came?.digest).not.toBe(after(request(""))[0]?.digest);
});

it("takes what redaction replaces for unchanged", () => {
  const { before, after } = createIdentities(() => false, redactor);
  expect(before(request("bob@example.com"))).toMatchObject([
    { digest: after(request("<EMAIL>"))[0]?.digest },
  ]);
});
