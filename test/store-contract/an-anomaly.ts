import type { Anomaly } from "../../store/anomaly.ts";

/** An id that sorts by its number, as ULIDs do by their time. */
export function idOf(number: number): string {
  return String(number).padStart(26, "0");
}

/** An anomaly with the id of `number`, at `number` seconds. */
export function anAnomaly(number: number, fields: Partial<Anomaly> = {}): Anomaly {
  return {
    id: idOf(number),
    timeMs: number * 1_000,
    service: "shop",
    stream: "shop/1",
    severityNumber: 17,
    severityText: "ERROR",
    body: "payment of <NUM> failed",
    kind: fields.templateId ?? "t1",
    templateId: "t1",
    template: "payment of <NUM> failed",
    score: 0.9,
    threshold: 0.85,
    modelVersion: "logbert-s-1",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    explanation: {
      summary: "An event that was not expected here.",
      source: "MODEL",
      expected: [
        { template: "payment of <NUM> done", probability: 0.9 },
        { template: undefined, probability: 0.1 },
      ],
      detectors: [{ detector: "ngram", pValue: 0.001, share: 1 }],
      tokens: [],
    },
    window: [
      { timeMs: number * 1_000, template: "payment of <NUM> failed", severityNumber: 17, isSubject: true },
    ],
    ...fields,
  };
}
