import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryRequest } from "../../test/wire/arbitrary-request.ts";
import { encodeRequest } from "./encode.ts";
import { findDifference } from "./find-difference.ts";
import { readRequest } from "./read-request.ts";
import { spliceAttributes } from "./splice.ts";

const isOurs = (key: string) => key.startsWith("anomaly.");
const ADDED = [
  { key: "anomaly.score", value: 0.5 },
  { key: "anomaly.explanation", value: "unusual".repeat(30) },
];

const request = encodeRequest([
  {
    attributes: { "service.name": "shop" },
    records: [
      { timeUnixNano: 1n, body: "one", attributes: { "anomaly.score": "old", user: "42" } },
      { timeUnixNano: 2n, body: "two" },
    ],
  },
]);
const enriched = Buffer.from(spliceAttributes(readRequest(request), () => ADDED));

/** Changes the only place where `from` stands. */
function changed(from: string, to: string): Buffer {
  const at = enriched.indexOf(from);
  const copy = Buffer.from(enriched);
  copy.write(to, at, "latin1");
  return copy;
}

describe("the comparison of a request with what enrichment made of it", () => {
  it("finds nothing where attributes of ours were added, replaced or taken away, whatever the request looks like", () => {
    expect(findDifference(request, enriched, isOurs)).toBeUndefined();
    fc.assert(
      fc.property(arbitraryRequest, (bytes) => {
        const once = spliceAttributes(readRequest(bytes), () => ADDED);
        expect(findDifference(bytes, once, isOurs)).toBeUndefined();
        const none = ADDED.map(({ key }) => ({ key, value: undefined }));
        const twice = spliceAttributes(readRequest(once), (index) => (index % 2 === 0 ? ADDED : none));
        expect(findDifference(once, twice, isOurs)).toBeUndefined();
      }),
    );
  });

  it.each([
    ["a body", changed("two", "twx")],
    ["an attribute of the sender's", changed("42", "43")],
    ["the resource", changed("shop", "shoq")],
    ["bytes behind the end", Buffer.concat([enriched, Buffer.from([0x0a, 0x00])])],
    ["the end", enriched.subarray(0, -2)],
    ["everything", Buffer.alloc(0)],
  ])("finds a change of %s", (_, damaged) => {
    expect(findDifference(request, damaged, isOurs)).toBeDefined();
  });

  it("finds any one byte that is changed in what the sender wrote", () => {
    fc.assert(
      fc.property(fc.nat(request.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = Buffer.from(request);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        expect(findDifference(request, damaged, () => false)).toBeDefined();
      }),
    );
  });

  it("says where, and nothing of what stands there", () => {
    expect(findDifference(request, changed("two", "twx"), isOurs)).toEqual({
      path: "resourceLogs[0].scopeLogs[0].logRecords[1]",
      problem: "a field is changed or missing",
    });
  });
});
