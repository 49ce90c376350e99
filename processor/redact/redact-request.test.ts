import { expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import type { AttributeValue } from "../wire/record-view.ts";
import { redactConfig } from "./config.ts";
import { createRedactor } from "./redact.ts";
import { createRequestRedactor } from "./redact-request.ts";

const protect = createRequestRedactor(createRedactor(redactConfig.parse({})));

/** A body as it is sent on, without the ends of pseudonyms. */
async function sent(body: AttributeValue): Promise<string | undefined> {
  const request = encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body }] }]);
  const [record] = readRequest(await protect(request, async () => undefined)).records;
  return record?.body.replaceAll(/-[b-z]{5}>/g, ">");
}

it.each<readonly [what: string, body: AttributeValue, expected: string]>([
  [
    "what short names hold",
    { jwt: "abc", otp: 481516n, cvv: "123", psk: ["a"] },
    '{"jwt":"<SECRET>","otp":"<SECRET>","cvv":"<SECRET>","psk":"<SECRET>"}',
  ],
  ["no counts", { pass: 12n, fail: 0n, sig: 11n }, '{"pass":12,"fail":0,"sig":11}'],
  [
    "the value that an entry names",
    { name: "DB_PASSWORD", value: "x y" },
    '{"name":"DB_PASSWORD","value":"<SECRET>"}',
  ],
  [
    "whatever that value is",
    [{ key: "api_key", value: { deep: "x" } }],
    '[{"key":"api_key","value":"<SECRET>"}]',
  ],
  ["no other value", { name: "PORT", value: "5432" }, '{"name":"PORT","value":"5432"}'],
])("hides %s", async (_, body, expected) => {
  expect(await sent(body)).toBe(expected);
});
