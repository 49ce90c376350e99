import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyText } from "../../processor/wire/body-text.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import type { AttributeValue } from "../../processor/wire/record-view.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import type { AnyValue, KeyValue } from "../../proto/gen/opentelemetry/proto/common/v1/common_pb.js";
import { arbitraryUtf8Request, COMMON_KEYS } from "./arbitrary-request.ts";

describe("what a record says of itself", () => {
  it("is what an independent parser finds", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, (bytes) => {
        const views = readRequest(bytes).records;
        const decoded = decode(bytes);
        expect(views).toHaveLength(decoded.length);
        for (const [index, { record, resource }] of decoded.entries()) {
          const view = views[index];
          expect(view?.index).toBe(index);
          expect(view?.timeUnixNano).toBe(record.timeUnixNano);
          expect(view?.observedTimeUnixNano).toBe(record.observedTimeUnixNano);
          expect(view?.severityNumber).toBe(record.severityNumber);
          expect(view?.severityText).toBe(record.severityText);
          expect(view?.body).toBe(bodyText(anyValueOf(record.body)));
          expect(view?.traceId ?? "").toBe(hexOf(record.traceId));
          for (const key of [...COMMON_KEYS, ...record.attributes.map((one) => one.key), "no such key"])
            expect(view?.attribute(key)).toStrictEqual(lastOf(record.attributes, key));
          for (const key of [...COMMON_KEYS, "no such key"])
            expect(view?.resourceAttribute(key)).toStrictEqual(lastOf(resource?.attributes ?? [], key));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keeps nothing of the request in memory: bytes are copied", () => {
    const attributes = { key: Uint8Array.from([1, 2, 3]) };
    const bytes = encodeRequest([{ attributes, records: [{ timeUnixNano: 1n, body: "x", attributes }] }]);
    const [record] = readRequest(bytes).records;
    for (const value of [record?.attribute("key"), record?.resourceAttribute("key")]) {
      if (!(value instanceof Uint8Array)) throw new Error("expected bytes");
      expect([...value]).toEqual([1, 2, 3]);
      expect(value.buffer).not.toBe(bytes.buffer);
    }
  });

  it("is the same in any order of the questions", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, (bytes) => {
        const { records } = readRequest(bytes);
        const inOrder = records.map(({ body, severityText }) => [body, severityText]);
        const again = records.toReversed().map((record) => [record.body, record.severityText]);
        expect(again.toReversed()).toEqual(inOrder);
      }),
    );
  });
});

function decode(bytes: Uint8Array) {
  const { resourceLogs } = fromBinary(ExportLogsServiceRequestSchema, bytes);
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords.map((record) => ({ record, resource }))),
  );
}

function lastOf(attributes: readonly KeyValue[], key: string): AttributeValue | undefined {
  const found = attributes.findLast((attribute) => attribute.key === key);
  return found === undefined ? undefined : anyValueOf(found.value);
}

function anyValueOf(any: AnyValue | undefined): AttributeValue {
  const value = any?.value;
  if (value?.case === undefined || value.case === "stringValueStrindex") return null;
  switch (value.case) {
    case "arrayValue":
      return value.value.values.map(anyValueOf);
    case "kvlistValue":
      return Object.fromEntries(value.value.values.map((one) => [one.key, anyValueOf(one.value)]));
    default:
      return value.value;
  }
}

function hexOf(id: Uint8Array): string {
  return id.some((byte) => byte !== 0) ? Buffer.from(id).toString("hex") : "";
}
