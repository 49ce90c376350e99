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
  [
    "what an option in a list is given, and no other option",
    ["mysql", "--password", "hunter2", "--token", "-v", "--pw", ["a"]],
    '["mysql","--password","<SECRET>","--token","-v","--pw","<SECRET>"]',
  ],
  ["no other value", { name: "PORT", value: "5432" }, '{"name":"PORT","value":"5432"}'],
])("hides %s", async (_, body, expected) => {
  expect(await sent(body)).toBe(expected);
});

it("hides in the values of an upstream's template what its body hides, and nothing that only looks like a part of it", async () => {
  const values = ["10.20.100.7", "100", "x1y", "x1", "example.com", "pw=x1y"];
  const body = "client 10.20.100.7 got 100 by bob@example.com password=x1y";
  const attributes = { "log.record.template.wildcards": values };
  const request = encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body, attributes }] }]);
  const [record] = readRequest(await protect(request, async () => undefined)).records;
  const shown = JSON.stringify(record?.attribute("log.record.template.wildcards"));
  expect(JSON.parse(shown.replaceAll(/-[b-z]{5}>/g, ">"))).toEqual([
    "<IP>",
    "100",
    "<SECRET>",
    "x1",
    "<EMAIL>",
    "pw=<SECRET>",
  ]);
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

it("leaves the randomness that samplers draw by, in which a card's number stands by chance", async () => {
  const attributes = { "sampling.randomness": "4260586524155f", other: "4260586524155f" };
  const request = encodeRequest([
    { attributes: {}, records: [{ timeUnixNano: 1n, body: "paid", attributes }] },
  ]);
  const [record] = readRequest(await protect(request, async () => undefined)).records;
  expect(record?.attribute("sampling.randomness")).toBe("4260586524155f");
  expect(record?.attribute("other")).toMatch(/^<CARD-[b-z]{5}>/);
});
