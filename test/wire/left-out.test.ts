import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { findDifference } from "../../processor/wire/find-difference.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { indexRequest, MESSAGE, RECORD } from "../../processor/wire/request-index.ts";
import { spliceAttributes } from "../../processor/wire/splice.ts";
import { isOurAttribute, removeAttributes } from "../helpers/remove-attributes.ts";
import { arbitraryRequest } from "./arbitrary-request.ts";

const isOurs = (key: string) => isOurAttribute(key, "anomaly");
/** Which records are left out, by their index modulo the list's length. */
const pattern = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });

function leftOutOf(bytes: Uint8Array, isLeftOut: readonly boolean[]): ReadonlySet<number> {
  const { records } = readRequest(bytes);
  return new Set(records.map(({ index }) => index).filter((index) => isLeftOut[index % isLeftOut.length]));
}

function rawRecords(bytes: Uint8Array): string[] {
  const { records, messages } = indexRequest(bytes);
  return Array.from({ length: records.rowCount }, (_, record) => {
    const base = (records.cells[record * records.width + RECORD.message] ?? 0) * messages.width;
    const from = messages.cells[base + MESSAGE.contentStart];
    return Buffer.from(bytes).toString("latin1", from, messages.cells[base + MESSAGE.end]);
  });
}

describe("a request without some of its records", () => {
  it("holds the others, in order, byte for byte, and nothing that differs beside them", () => {
    fc.assert(
      fc.property(arbitraryRequest, pattern, (bytes, isLeftOut) => {
        const leftOut = leftOutOf(bytes, isLeftOut);
        const cut = spliceAttributes(readRequest(bytes), () => [], undefined, leftOut);
        const kept = rawRecords(bytes).filter((_, index) => !leftOut.has(index));
        expect(rawRecords(cut)).toEqual(kept);
        expect(findDifference(bytes, cut, isOurs, leftOut)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it("is what it would be if they had never been there, with our attributes on the others", () => {
    fc.assert(
      fc.property(arbitraryRequest, pattern, (bytes, isLeftOut) => {
        const leftOut = leftOutOf(bytes, isLeftOut);
        const score = { key: "anomaly.score", value: 0.5 };
        const both = spliceAttributes(readRequest(bytes), () => [score], undefined, leftOut);
        const cut = spliceAttributes(readRequest(bytes), () => [], undefined, leftOut);
        expect(Buffer.compare(removeAttributes(both, isOurs), cut)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("has no record where all are left out, and is the same bytes where none is", () => {
    fc.assert(
      fc.property(arbitraryRequest, (bytes) => {
        const cut = spliceAttributes(readRequest(bytes), () => [], undefined, leftOutOf(bytes, [true]));
        expect(readRequest(cut).records).toHaveLength(0);
        expect(spliceAttributes(readRequest(bytes), () => [], undefined, new Set())).toBe(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it("has no bytes where nothing else was in it", () => {
    const request = encodeRequest([
      { attributes: { "service.name": "a" }, records: [{ timeUnixNano: 1n, body: "one" }] },
      { attributes: { "service.name": "b" }, records: [{ timeUnixNano: 2n, body: "two" }] },
    ]);
    const without = (leftOut: readonly number[]) =>
      spliceAttributes(readRequest(request), () => [], undefined, new Set(leftOut));
    expect(without([0, 1])).toHaveLength(0);
    const [only] = readRequest(without([0])).records;
    expect([only?.body, only?.resourceAttribute("service.name")]).toEqual(["two", "b"]);
  });

  it("is found out where another record is missing, or one too few", () => {
    fc.assert(
      fc.property(arbitraryRequest, pattern, (bytes, isLeftOut) => {
        const leftOut = leftOutOf(bytes, isLeftOut);
        fc.pre(leftOut.size > 0);
        const cut = spliceAttributes(readRequest(bytes), () => [], undefined, leftOut);
        const [first = 0] = leftOut;
        const others = new Set([...leftOut].slice(1));
        const isEmptyRecord = rawRecords(bytes)[first] === "";
        fc.pre(!isEmptyRecord);
        expect(findDifference(bytes, cut, isOurs, others)).toBeDefined();
        expect(findDifference(bytes, bytes, isOurs, leftOut)).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});
