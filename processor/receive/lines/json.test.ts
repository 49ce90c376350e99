import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "./json.ts";

describe("no JSON object", () => {
  it.each([
    "",
    "{",
    "[]",
    "1",
    "null",
    '"text"',
    "{'a':1}",
    '{"a":1} and more',
    `${'{"a":'.repeat(40)}1${"}".repeat(40)}`,
    `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
  ])("%.20s", (line) => {
    expect(parseJson(line, 0)).toBeUndefined();
  });
});

describe("well-known keys", () => {
  it("go to the record's fields, the rest to its attributes", () => {
    const line =
      '{"@timestamp":"2026-01-02T03:04:05Z","Level":"WARN","service":"cart","msg":"low","trace_id":"0AF7651916CD43DD8448EB211C80319C","span_id":"b7ad6b7169203331","n":3,"f":0.5,"deep":{"a":[1,"x",null,true]}}';
    expect(parseJson(line, 0)).toEqual({
      source: line,
      timeUnixNano: 1_767_323_045_000_000_000n,
      severityNumber: 13,
      severityText: "WARN",
      body: "low",
      service: "cart",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      attributes: { n: 3n, f: 0.5, deep: { a: [1n, "x", null, true] } },
    });
  });

  it("stay attributes where their value is of no use", () => {
    const parsed = parseJson(
      '{"message":"m","level":"loud","time":"soon","trace_id":"00000000000000000000000000000000"}',
      0,
    );
    expect(parsed).toMatchObject({ severityNumber: 0, timeUnixNano: undefined, traceId: undefined });
    expect(Object.keys(parsed?.attributes ?? {})).toEqual(["level", "time", "trace_id"]);
  });

  it("read pino's numeric levels and ECS's nested service", () => {
    expect(
      parseJson('{"level":50,"time":1700000000123,"msg":"m","service":{"name":"cart"}}', 0),
    ).toMatchObject({
      severityNumber: 17,
      severityText: "50",
      timeUnixNano: 1_700_000_000_123_000_000n,
      service: "cart",
    });
  });

  it("leave the whole line as the body where there is no message", () => {
    const line = '{"event":"up","n":1}';
    expect(parseJson(line, 0)).toMatchObject({ body: line, attributes: {} });
  });
});

describe("values", () => {
  it("keep whole numbers that a double cannot hold", () => {
    const parsed = parseJson('{"msg":"m","id":9007199254740993,"huge":123456789012345678901234567890}', 0);
    expect(parsed?.attributes).toEqual({
      id: 9_007_199_254_740_993n,
      huge: "123456789012345678901234567890",
    });
  });

  it("named __proto__ are data", () => {
    const parsed = parseJson('{"msg":"m","__proto__":{"polluted":true}}', 0);
    expect(Object.keys(parsed?.attributes ?? {})).toEqual(["__proto__"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("of any object never make it throw", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const line = JSON.stringify(object);
        expect(parseJson(line, 0)?.source).toBe(line);
      }),
    );
  });
});
