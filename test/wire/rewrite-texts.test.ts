import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editTexts } from "../../cli/verify/edit-texts.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import {
  type RequestEditors,
  rewriteTexts as rewrite,
  type TextEditor,
} from "../../processor/wire/rewrite-texts.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { arbitraryRequest, arbitraryUtf8Request, deeplyNested } from "./arbitrary-request.ts";

const editing = (text: TextEditor["text"], value: TextEditor["value"] = () => undefined): RequestEditors => {
  const editor = { text, value };
  return { sender: editor, record: () => editor };
};
const rewriteTexts = (bytes: Uint8Array, editors: RequestEditors) =>
  rewrite(bytes, editors, async () => undefined);
const decode = (bytes: Uint8Array) =>
  fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(bytes), { recursionLimit: 1_000 });

describe("texts written anew", () => {
  it("where nothing changes, are the very bytes that came", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRequest, async (bytes) => {
        readRequest(bytes);
        const rewritten = await rewriteTexts(
          bytes,
          editing((text) => text),
        );
        expect(rewritten).toBe(bytes);
      }),
    );
  });

  it("are what another parser makes of the same edits, and all else stays", async () => {
    const editors = editing((text) =>
      text === "" ? text : `${text}${text.length > 5 ? "and a longer text" : ""}!`,
    );
    await fc.assert(
      fc.asyncProperty(arbitraryUtf8Request, async (bytes) => {
        const expected = decode(bytes);
        editTexts(expected, editors);
        const schema = ExportLogsServiceRequestSchema;
        const rewritten = decode(await rewriteTexts(bytes, editors));
        expect(Buffer.compare(toBinary(schema, rewritten), toBinary(schema, expected))).toBe(0);
      }),
    );
  });

  it("reach as deep as values go", async () => {
    const bytes = deeplyNested(20);
    const rewritten = await rewriteTexts(
      bytes,
      editing((text) => `${text}!`),
    );
    expect(rewritten.length).toBeGreaterThan(0);
  });

  it("know the key that they stand under, and a whole value may be replaced by one", async () => {
    const seen: string[] = [];
    const editors = editing(
      (text, key) => {
        seen.push(`${key}=${text}`);
        return text;
      },
      (key, read) => (key === "pin" ? `was ${JSON.stringify(String(read()))}` : undefined),
    );
    const request = encodeRequest([
      {
        attributes: { "service.name": "shop" },
        scopeName: "lib",
        records: [
          {
            timeUnixNano: 1n,
            severityText: "WARN",
            body: { message: "hi", list: ["a", { deep: "b" }], pin: 4711n },
            attributes: { pin: ["x", "y"], user: "bob" },
            eventName: "login",
          },
        ],
      },
    ]);
    const [record] = readRequest(await rewriteTexts(request, editors)).records;
    expect(record?.attribute("pin")).toBe('was "x,y"');
    expect(record?.body).toBe('{"message":"hi","list":["a",{"deep":"b"}],"pin":"was \\"4711\\""}');
    expect(seen.toSorted()).toEqual(
      [
        "service.name=shop",
        "name=lib",
        "severityText=WARN",
        "message=hi",
        "list=a",
        "deep=b",
        "user=bob",
        "eventName=login",
      ].toSorted(),
    );
  });

  it("of a map's entry `value` stand under what its entry `name` or `key` says", async () => {
    const keys: string[] = [];
    const editors = editing(
      (text) => text,
      (key) => {
        keys.push(key);
        return key === "DB_PASSWORD" ? "hidden" : undefined;
      },
    );
    const body = { env: [{ name: "DB_PASSWORD", value: "x" }, { Value: 1n, Key: "PORT" }, { value: "y" }] };
    const request = encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body }] }]);
    const [record] = readRequest(await rewriteTexts(request, editors)).records;
    expect(record?.body).toBe(
      '{"env":[{"name":"DB_PASSWORD","value":"hidden"},{"Value":1,"Key":"PORT"},{"value":"y"}]}',
    );
    expect(keys).toEqual(["env", "name", "DB_PASSWORD", "PORT", "Key", "value"]);
  });

  it("leave the thread to others before each record", async () => {
    const records = Array.from({ length: 5 }, (_, index) => ({ timeUnixNano: 1n, body: `event ${index}` }));
    const request = encodeRequest([{ attributes: {}, records }]);
    const steps: string[] = [];
    await rewrite(
      request,
      editing((text) => {
        steps.push(text);
        return text;
      }),
      async () => {
        steps.push("breath");
      },
    );
    expect(steps).toEqual(records.flatMap(({ body }) => ["breath", body]));
  });
});
