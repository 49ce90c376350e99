import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
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

/** A request that holds a text in every place of its resource and its scope. */
function sentBy(text: string): Uint8Array {
  const attributes = [{ key: "host.name", value: { value: { case: "stringValue", value: text } } }] as const;
  const logRecords = [{ body: { value: { case: "stringValue", value: "hello" } } }] as const;
  const scopeLogs = [
    {
      scope: { name: text, version: text, attributes: [...attributes] },
      schemaUrl: text,
      logRecords: [...logRecords],
    },
  ];
  const resourceLogs = [{ resource: { attributes: [...attributes] }, schemaUrl: text, scopeLogs }];
  return toBinary(ExportLogsServiceRequestSchema, create(ExportLogsServiceRequestSchema, { resourceLogs }));
}

it.each(["checkout", "https://opentelemetry.io/schemas/1.37.0", "10.0.0.1"])(
  "leaves every byte of who sends where it is no secret: %s",
  async (text) => {
    expect(await protect(sentBy(text), async () => undefined)).toEqual(sentBy(text));
  },
);

it("hides a secret in every place of a resource and a scope", async () => {
  const shown = await protect(sentBy("mail bob@example.com"), async () => undefined);
  expect(fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(shown))).toEqual(
    fromBinary(ExportLogsServiceRequestSchema, sentBy("mail <EMAIL>")),
  );
});
