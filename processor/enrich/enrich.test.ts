import { describe, expect, it } from "vitest";
import { isOurAttribute, removeAttributes } from "../../test/helpers/remove-attributes.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { createEnrich } from "./enrich.ts";
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
const adopted = { ...record, isAdopted: true };
const window = {
  service: "shop",
  stream: "s",
  events: [{ match, timeMs: 1, gapMs: 0, severityNumber: 0 }],
  freshFrom: 0,
  freshRecords: [0],
  isStart: true,
  isClosed: false,
  session: createSessionTally(),
};
const verdict = {
  score: 0.5,
  pValue: 0.1,
  strength: 0,
  threshold: 0.85,
  isAnomaly: false,
  modelVersion: "m",
  contributions: [],
};
const judged = {
  parsed: [adopted],
  findings: [{ recordIndex: 0, window, event: 0, verdict }],
  anomalies: [],
};

describe("a record that an earlier stage has marked", () => {
  it("loses what names an anomaly when it is none to us, and nothing else", () => {
    const [out] = readRequest(createEnrich("anomaly")(request, judged)).records;
    expect(out?.attribute("anomaly.is_anomaly")).toBe(false);
    expect(out?.attribute("anomaly.score")).toBe(0.5);
    expect(out?.attribute("anomaly.id")).toBeUndefined();
    expect(out?.attribute("mine")).toBe(1);
    expect(out?.attribute("log.record.template")).toBe("UP <*>");
  });
});

describe("an anomaly", () => {
  const plain = readRequest(
    encodeRequest([
      {
        attributes: { "service.name": "shop" },
        records: ["hello", "world"].map((body) => ({ timeUnixNano: 1n, body, attributes: { mine: 1 } })),
      },
    ]),
  );
  const finding = { recordIndex: 0, window, event: 0, verdict: { ...verdict, score: 0.9, isAnomaly: true } };
  const end = { ...finding, recordIndex: undefined, event: 1 };
  const explanation = {
    summary: "seen for the first time",
    source: "MODEL",
    expected: [],
    detectors: [],
    tokens: [],
  } as const;
  const found = {
    parsed: [record],
    findings: [finding, end],
    anomalies: [
      { id: "01A", finding, explanation },
      { id: "01B", finding: end, explanation },
    ],
  };
  const enriched = createEnrich("acme.anomaly")(plain, found);

  it("is written onto its record under the prefix, and onto no other", () => {
    const [out, other] = readRequest(enriched).records;
    expect(out?.attribute("log.record.template")).toBe("hello");
    expect(out?.attribute("acme.anomaly.score")).toBe(0.9);
    expect(out?.attribute("acme.anomaly.is_anomaly")).toBe(true);
    expect(out?.attribute("acme.anomaly.threshold")).toBe(0.85);
    expect(out?.attribute("acme.anomaly.explanation")).toBe("seen for the first time");
    expect(out?.attribute("acme.anomaly.id")).toBe("01A");
    expect(out?.attribute("acme.anomaly.model.version")).toBe("m");
    for (const name of ["log.record.template", "acme.anomaly.score", "acme.anomaly.id"])
      expect(other?.attribute(name)).toBeUndefined();
  });

  it("is a mark that can be taken off again, byte for byte", () => {
    const off = removeAttributes(enriched, (key) => isOurAttribute(key, "acme.anomaly"));
    expect(Buffer.compare(off, plain.bytes)).toBe(0);
  });
});

describe("a record that is too large with our attributes", () => {
  const enriched = createEnrich("anomaly")(request, judged);

  it("is told, so that it goes on without them", () => {
    expect(() => withinLimit(request, enriched, request.bytes.length)).toThrow(AttributesTooLargeError);
  });

  it("stays as it is where it fits, or would not fit without them either", () => {
    expect(withinLimit(request, enriched, enriched.length)).toBe(enriched);
    expect(withinLimit(request, enriched, 10)).toBe(enriched);
  });
});
