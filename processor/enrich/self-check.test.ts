import { describe, expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { spliceAttributes } from "../wire/splice.ts";
import { AlteredRequestError, createSelfCheck } from "./self-check.ts";

const request = readRequest(
  encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body: "secret body" }] }]),
);
const enriched = spliceAttributes(request, () => [{ key: "anomaly.score", value: 0.5 }]);

function check(share: number, random = 0) {
  const seen = { checked: 0, mismatched: 0 };
  const run = createSelfCheck({
    prefix: "anomaly",
    share,
    random: () => random,
    onChecked: (records) => {
      seen.checked += records;
    },
    onMismatch: (records) => {
      seen.mismatched += records;
    },
  });
  return { seen, run };
}

describe("the self-check", () => {
  it("hands on what differs in our attributes alone, and counts it", () => {
    const { seen, run } = check(0.01);
    expect(run(request, enriched)).toBe(enriched);
    expect(seen).toEqual({ checked: 1, mismatched: 0 });
  });

  it("throws where more was changed, counts it, and says nothing of the content", () => {
    const { seen, run } = check(0.01);
    const altered = Buffer.from(enriched);
    altered.write("S", altered.indexOf("secret"));
    expect(() => run(request, altered)).toThrow(AlteredRequestError);
    expect(() => run(request, altered)).toThrow(/^enrichment changed .* in resourceLogs\[0\]/);
    expect(() => run(request, altered)).not.toThrow(/ecret/);
    expect(seen).toEqual({ checked: 3, mismatched: 3 });
  });

  it("takes an attribute under another prefix for the sender's", () => {
    const other = spliceAttributes(request, () => [{ key: "other.score", value: 0.5 }]);
    expect(() => check(1).run(request, other)).toThrow(AlteredRequestError);
  });

  it("looks at a share of the requests: none of them with 0, and not at one that nothing was written into", () => {
    const none = check(0);
    const passed = check(0.5, 0.5);
    const same = check(1);
    none.run(request, Buffer.alloc(0));
    passed.run(request, Buffer.alloc(0));
    same.run(request, request.bytes);
    expect([none.seen.checked, passed.seen.checked, same.seen.checked]).toEqual([0, 0, 0]);
  });

  it("finds nothing wrong where records are left out that are to be, and everything where others are", () => {
    const two = readRequest(
      encodeRequest([
        { attributes: {}, records: ["one", "two"].map((body) => ({ timeUnixNano: 1n, body })) },
      ]),
    );
    const leftOut = new Set([1]);
    const marks = [{ key: "sampling.priority", value: 100 }];
    const thinned = spliceAttributes(two, () => marks, undefined, leftOut);
    const run = createSelfCheck({
      prefix: "anomaly",
      otherKeys: ["sampling.priority"],
      share: 1,
      random: () => 0,
      onChecked: () => undefined,
      onMismatch: () => undefined,
    });
    expect(run(two, thinned, leftOut)).toBe(thinned);
    expect(() => run(two, thinned)).toThrow(AlteredRequestError);
    expect(() => run(two, thinned, new Set([0]))).toThrow(AlteredRequestError);
    expect(() => check(1).run(two, thinned, leftOut)).toThrow(AlteredRequestError);
  });
});
