import { describe, expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { enrich } from "./enrich.ts";
import { AttributesTooLargeError, withinLimit } from "./within-limit.ts";

const request = readRequest(
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: [
        {
          timeUnixNano: 1n,
          body: "hello",
          attributes: {
            "anomaly.id": "old",
            "anomaly.is_anomaly": true,
            mine: 1,
            "log.record.template": "UP <*>",
          },
        },
      ],
    },
  ]),
);
const match = { templateId: "t", template: "hello", parameters: [], isNew: false };
const record = { recordIndex: 0, service: "shop", stream: "s", match, timeMs: 1, severityNumber: 0 };
const window = {
  service: "shop",
  stream: "s",
  events: [{ match, timeMs: 1, gapMs: 0, severityNumber: 0 }],
  freshFrom: 0,
  freshRecords: [0],
  isStart: true,
  isClosed: false,
};
const verdict = {
  score: 0.5,
  pValue: 0.1,
  threshold: 0.85,
  isAnomaly: false,
  modelVersion: "m",
  contributions: [],
};
const judged = {
  parsed: [record],
  findings: [{ recordIndex: 0, window, event: 0, verdict }],
  anomalies: [],
};

describe("a record that an earlier stage has marked", () => {
  it("loses what names an anomaly when it is none to us, and nothing else", () => {
    const [out] = readRequest(enrich(request, judged, "anomaly")).records;
    expect(out?.attribute("anomaly.is_anomaly")).toBe(false);
    expect(out?.attribute("anomaly.score")).toBe(0.5);
    expect(out?.attribute("anomaly.id")).toBeUndefined();
    expect(out?.attribute("mine")).toBe(1);
    expect(out?.attribute("log.record.template")).toBe("UP <*>");
  });
});

describe("a record that is too large with our attributes", () => {
  const enriched = enrich(request, judged, "anomaly");

  it("is told, so that it goes on without them", () => {
    expect(() => withinLimit(request, enriched, request.bytes.length)).toThrow(AttributesTooLargeError);
  });

  it("stays as it is where it fits, or would not fit without them either", () => {
    expect(withinLimit(request, enriched, enriched.length)).toBe(enriched);
    expect(withinLimit(request, enriched, 10)).toBe(enriched);
  });
});
