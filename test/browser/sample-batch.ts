import { ulid } from "ulid";
import type { Anomaly, WindowEvent } from "../../store/anomaly.ts";
import type { ScoreHistogram, StageBatch } from "../../store/store.ts";
import { SCORE_BUCKETS } from "../../store/store.ts";

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** The ways of an order through a shop: what is normal, and what came instead. */
const orderSteps = [
  "Received order <*> from customer <*>",
  "Reserved <*> units of <*> in warehouse <*>",
  "Charged card ending <*> for <*>",
  "Sent confirmation to <*>",
] as const;

const oddities = [
  {
    service: "checkout",
    severityText: "ERROR",
    template: "Connection pool exhausted after <*> ms, <*> waiters",
  },
  { service: "payments", severityText: "WARN", template: "Retrying payment <*> (attempt <*>)" },
  { service: "checkout", severityText: "INFO", template: "Order <*> cancelled: <*>" },
  { service: "inventory", severityText: "ERROR", template: "Stock of <*> is negative: <*>" },
] as const;

/** What a stage had written down after an hour: three services, one of them still learning, and `count` anomalies, the
 * newest a minute old. */
export function sampleBatch(nowMs: number, count: number): StageBatch {
  return {
    anomalies: Array.from({ length: count }, (_, index) =>
      sampleAnomaly(nowMs - (count - index) * MINUTE_MS, index),
    ),
    samples: [],
    histograms: ["checkout", "payments", "inventory"].flatMap((service, which) =>
      histograms(service, which, nowMs),
    ),
    services: [
      { name: "checkout", records: 61_204, anomalies: 12, learningState: "ready", lastSeenMs: nowMs },
      { name: "payments", records: 40_117, anomalies: 6, learningState: "ready", lastSeenMs: nowMs },
      { name: "inventory", records: 12_345, anomalies: 6, learningState: "learning", lastSeenMs: nowMs },
    ],
    templates: [],
    thresholds: [
      { service: "checkout", value: 0.85 },
      { service: "payments", value: 0.872 },
      { service: "inventory", value: 0.85 },
    ],
    status: {
      instance: "logbert",
      version: "0.1.0",
      modelVersion: "logbert-s",
      startedAtMs: nowMs - MINUTES * MINUTE_MS,
      updatedAtMs: nowMs,
      recordsPerSecond: 31.6,
      forwardEndpoint: "http://collector:4317",
      forwardState: "ok",
    },
  };
}

/** An anomaly as the stage writes it; `kind` picks one of a few oddities. */
export function sampleAnomaly(timeMs: number, kind: number): Anomaly {
  const oddity = oddities[kind % oddities.length] ?? oddities[0];
  const expected = orderSteps[kind % orderSteps.length] ?? orderSteps[0];
  const body = oddity.template.replaceAll("<*>", "[redacted]");
  return {
    id: ulid(timeMs),
    timeMs,
    service: oddity.service,
    stream: `${oddity.service}-1`,
    severityNumber: oddity.severityText === "ERROR" ? 17 : oddity.severityText === "WARN" ? 13 : 9,
    severityText: oddity.severityText,
    body,
    kind: `template-${kind % oddities.length}`,
    templateId: `template-${kind % oddities.length}`,
    template: oddity.template,
    score: 0.87 + ((kind * 37) % 120) / 1000,
    threshold: 0.85,
    modelVersion: "logbert-s",
    traceId: kind % 2 === 0 ? "4bf92f3577b34da6a3ce929d0e0e4736" : undefined,
    explanation: {
      summary: `"${oddity.template}" came where "${expected}" was expected (87 %); it was never seen before in ${oddity.service}.`,
      facts: [
        `Never seen in 113,666 records of ${oddity.service}, which have 48 different messages.`,
        "2 of 5 detectors find it odd: whether it is new, the order of events.",
        `By chance one in 20,000 records of ${oddity.service} is this odd, at its pace 2 a day.`,
      ],
      source: "MODEL",
      expected: [
        { template: expected, probability: 0.87 },
        { template: orderSteps[(kind + 1) % orderSteps.length], probability: 0.08 },
        { template: undefined, probability: 0.02 },
      ],
      detectors: [
        { detector: "event-model", pValue: 0.000012, share: 0.62 },
        { detector: "new-template", pValue: 0.002, share: 0.28 },
        { detector: "ngram", pValue: 0.04, share: 0.1 },
      ],
      tokens: [{ token: body.slice(0, 10), importance: 0.8, start: 0, end: 10 }],
    },
    window: window(timeMs, oddity.template, kind),
  };
}

const CONTEXT_EVENTS = 11;

function window(timeMs: number, template: string, kind: number): readonly WindowEvent[] {
  const context = Array.from({ length: CONTEXT_EVENTS }, (_, index) => ({
    timeMs: timeMs - (CONTEXT_EVENTS - index) * 137 - ((index * 7) % 5),
    template: orderSteps[(index + kind) % orderSteps.length] ?? orderSteps[0],
    severityNumber: 9,
    isSubject: false,
  }));
  return [...context, { timeMs, template, severityNumber: 17, isSubject: true }];
}

function histograms(service: string, which: number, nowMs: number): readonly ScoreHistogram[] {
  const thisMinuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: MINUTES }, (_, minute) => {
    const records = Math.round(240 + 90 * Math.sin(minute / 6 + which)) + ((minute * 31) % 40);
    const isOdd = minute % 17 === 5 + which;
    return {
      service,
      minuteMs: thisMinuteMs - (MINUTES - 1 - minute) * MINUTE_MS,
      counts: scores(records, isOdd),
      anomalies: isOdd ? 1 : 0,
      maxScore: isOdd ? 0.93 : 0.5 + ((minute * 17) % 25) / 100,
    };
  });
}

/** Scores as a calibrated judge gives them: the share above s is (1 - s)^4. */
function scores(records: number, isOdd: boolean): readonly number[] {
  const above = (bucket: number) => Math.floor(records * (1 - bucket / SCORE_BUCKETS) ** 4);
  const counts = Array.from({ length: SCORE_BUCKETS }, (_, bucket) => above(bucket) - above(bucket + 1));
  return counts.map((count, bucket) => (isOdd && bucket === 186 ? count + 1 : count));
}
