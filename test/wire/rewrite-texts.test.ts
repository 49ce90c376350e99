import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editTexts } from "../../cli/verify/edit-texts.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { type RequestEditors, rewriteTexts, type TextEditor } from "../../processor/wire/rewrite-texts.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { arbitraryRequest, arbitraryUtf8Request, deeplyNested } from "./arbitrary-request.ts";

const editing = (text: TextEditor["text"], value: TextEditor["value"] = () => undefined): RequestEditors => {
  const editor = { text, value };
  return { sender: editor, record: () => editor };
};
const decode = (bytes: Uint8Array) =>
  fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(bytes), { recursionLimit: 1_000 });

describe("texts written anew", () => {
  it("where nothing changes, are the very bytes that came", () => {
    fc.assert(
      fc.property(arbitraryRequest, (bytes) => {
        readRequest(bytes);
        expect(
          rewriteTexts(
            bytes,
            editing((text) => text),
          ),
        ).toBe(bytes);
      }),
    );
  });

  it("are what another parser makes of the same edits, and all else stays", () => {
    const editors = editing((text) =>
      text === "" ? text : `${text}${text.length > 5 ? "and a longer text" : ""}!`,
    );
    fc.assert(
      fc.property(arbitraryUtf8Request, (bytes) => {
        const expected = decode(bytes);
        editTexts(expected, editors);
        const schema = ExportLogsServiceRequestSchema;
        expect(
          Buffer.compare(toBinary(schema, decode(rewriteTexts(bytes, editors))), toBinary(schema, expected)),
        ).toBe(0);
      }),
    );
  });

  it("reach as deep as values go", () => {
    const bytes = deeplyNested(20);
    expect(() =>
      rewriteTexts(
        bytes,
        editing((text) => `${text}!`),
      ),
    ).not.toThrow();
  });

  it("know the key that they stand under, and a whole value may be replaced by one", () => {
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
    const [record] = readRequest(rewriteTexts(request, editors)).records;
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
});
