import { describe, expect, it } from "vitest";
import type { AttributeValue, RecordView } from "../wire/record-view.ts";
import { windowConfig } from "./config.ts";
import { serviceName } from "./service-name.ts";
import { createStreamKey } from "./stream-key.ts";

type Fields = {
  readonly body?: string;
  readonly traceId?: string;
  readonly attributes?: Record<string, AttributeValue>;
  readonly resource?: Record<string, AttributeValue>;
};

function view({ body = "", traceId, attributes = {}, resource = {} }: Fields): RecordView {
  return {
    index: 0,
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    fingerprint: 0,
    severityNumber: 9,
    severityText: "",
    body,
    traceId,
    resource,
    attribute: (key) => attributes[key],
    resourceAttribute: (key) => resource[key],
  };
}

const key = (stream: object, fields: Fields) => createStreamKey(windowConfig.parse({ stream }))(view(fields));

describe("the configuration of windows", () => {
  it.each([
    [{ by: "pattern" }, "is empty"],
    [{ by: "pattern", pattern: "blk_(" }, "no valid regular expression"],
    [{ by: "pattern", pattern: "(a)\\1" }, "no back-references"],
    [{ by: "pattern", pattern: "x*" }, "empty text"],
    [{ by: "pattern", pattern: "x".repeat(600) }, "longer than"],
    [{ by: "attribute" }, "must name an attribute"],
  ])("refuses %j", (stream, message) => {
    const result = windowConfig.safeParse({ stream });
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toContain(message);
    expect(result.error?.issues[0]?.path[0]).toBe("stream");
  });

  it("has a default for every key", () => {
    expect(windowConfig.parse({})).toMatchObject({
      type: "count",
      size: 20,
      step: 5,
      stream: { by: "instance" },
    });
  });
});

describe("the stream of a record", () => {
  it("is its service instance by default, and one for all without it", () => {
    expect(key({}, { resource: { "service.instance.id": "pod-1" } })).toBe("pod-1");
    expect(key({}, {})).toBe("");
  });

  it("can be its trace", () => {
    expect(key({ by: "trace" }, { traceId: "ab".repeat(16) })).toBe("ab".repeat(16));
  });

  it("can be an attribute of the record, or else of the resource", () => {
    const stream = { by: "attribute", attribute: "job" };
    expect(key(stream, { attributes: { job: 7n }, resource: { job: "no" } })).toBe("7");
    expect(key(stream, { resource: { job: "nightly" } })).toBe("nightly");
    expect(key(stream, { attributes: { job: ["a"] } })).toBe("");
  });

  it("can be a pattern's match, or its first group", () => {
    const body = "Deleting block blk_-42 file /mnt/x";
    expect(key({ by: "pattern", pattern: "blk_-?\\d+" }, { body })).toBe("blk_-42");
    expect(key({ by: "pattern", pattern: "block (\\S+)" }, { body })).toBe("blk_-42");
    expect(key({ by: "pattern", pattern: "blk_-?\\d+" }, { body: "no block" })).toBe("");
  });

  it("is bounded", () => {
    expect(key({}, { resource: { "service.instance.id": "x".repeat(9_999) } })).toHaveLength(256);
  });
});

describe("the service of a record", () => {
  it.each([undefined, "", "   ", 5, ["a"]])("is unknown_service for %j", (name) => {
    expect(serviceName(view(name === undefined ? {} : { resource: { "service.name": name } }))).toBe(
      "unknown_service",
    );
  });

  it("has no NUL, which a database may not keep", () => {
    expect(serviceName(view({ resource: { "service.name": "shop\0" } }))).toBe("shop\ufffd");
  });

  it("is service.name, trimmed, bounded and well formed", () => {
    expect(serviceName(view({ resource: { "service.name": " checkout " } }))).toBe("checkout");
    const odd = serviceName(view({ resource: { "service.name": `${"x".repeat(127)}😀` } }));
    expect(odd).toHaveLength(128);
    expect(odd.isWellFormed()).toBe(true);
  });
});
