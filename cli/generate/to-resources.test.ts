import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { toJsonLine, toTextLine } from "./format-record.ts";
import { generateNormal } from "./generate-normal.ts";
import type { GeneratedRecord } from "./generated-record.ts";
import { toResources } from "./to-resources.ts";

const sample: GeneratedRecord = {
  timeMs: Date.UTC(2026, 0, 5, 8) + 0.25,
  service: "payments",
  instance: "payments-1",
  version: "1.4.1",
  logger: "payments.card",
  severity: "WARN",
  severityNumber: 13,
  body: "Payment pay_1 declined",
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  attributes: { "payment.id": "pay_1", "http.response.status_code": 402 },
  incident: "burst-1",
};

it("as OTLP a record keeps all but its label", () => {
  const [view] = readRequest(encodeRequest(toResources([sample]))).records;
  expect(view).toMatchObject({
    timeUnixNano: BigInt(Date.UTC(2026, 0, 5, 8)) * 1_000_000n + 250_000n,
    severityNumber: 13,
    severityText: "WARN",
    body: "Payment pay_1 declined",
    traceId: sample.traceId,
  });
  expect(view?.resourceAttribute("service.name")).toBe("payments");
  expect(view?.resourceAttribute("service.instance.id")).toBe("payments-1");
  expect(view?.resourceAttribute("service.version")).toBe("1.4.1");
  expect(view?.attribute("http.response.status_code")).toBe(402n);
  expect(view?.attribute("logger.name")).toBe("payments.card");
  expect(
    JSON.stringify(toResources([{ ...sample, attributes: {}, timeMs: 0 }]), (_, v: unknown) =>
      typeof v === "bigint" ? String(v) : v,
    ),
  ).not.toContain("burst");
});

it("as OTLP every record is there once, in order within its instance", () => {
  const records = generateNormal({ seed: 1, records: 500 });
  const views = readRequest(encodeRequest(toResources(records))).records;
  const of = (instance: string) => records.filter((r) => r.instance === instance).map(({ body }) => body);
  const sent = Map.groupBy(views, (view) => String(view.resourceAttribute("service.instance.id")));
  expect(views).toHaveLength(500);
  for (const [instance, own] of sent) expect(own.map(({ body }) => body)).toEqual(of(instance));
});

describe("lines", () => {
  it("of text have no label", () => {
    expect(toTextLine(sample)).toBe(
      "2026-01-05T08:00:00.000250Z WARN  payments-1 [payments.card] 0af7651916cd43dd8448eb211c80319c Payment pay_1 declined",
    );
    expect(toTextLine({ ...sample, traceId: undefined })).toContain(" - Payment");
  });

  it("of JSON have it", () => {
    expect(JSON.parse(toJsonLine(sample))).toMatchObject({
      message: sample.body,
      level: "WARN",
      incident: "burst-1",
      "payment.id": "pay_1",
    });
    expect(JSON.parse(toJsonLine({ ...sample, incident: undefined }))).toMatchObject({ incident: null });
  });
});
