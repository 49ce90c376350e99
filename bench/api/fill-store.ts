import { ulid } from "ulid";
import { mulberry32 } from "../../processor/learn/mulberry32.ts";
import type { Anomaly } from "../../store/anomaly.ts";
import { SCORE_BUCKETS, type ScoreHistogram, type Store } from "../../store/store.ts";

/** What a store is filled with: the past of some services. */
export interface Past {
  /** The first one has all the labels, and the others a tenth of its anomalies. */
  readonly services: readonly string[];
  readonly days: number;
  /** Scored records of each service. */
  readonly records: number;
  /** Of the first service. */
  readonly anomalies: number;
  readonly labels: number;
  /** Milliseconds since the epoch. */
  readonly endMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINUTES_PER_BATCH = 360;
const ANOMALIES_PER_BATCH = 200;
const THRESHOLD = 0.95;
const TEMPLATES = 40;
const WINDOW_EVENTS = 20;
/** The mean of the distribution below: most scores are low, and some are above any threshold. */
const LOWNESS = 3;
const OTHERS_SHARE = 0.1;
const SAMPLES_PER_SERVICE = 200;
const ERROR = 17;

/** Writes it through the same calls as the stage does; always the same past but for its ids. */
export async function fillStore(store: Store, past: Past): Promise<void> {
  const random = mulberry32(1);
  await fillScores(store, past, random);
  for (const [index, service] of past.services.entries()) {
    const count = index === 0 ? past.anomalies : Math.round(past.anomalies * OTHERS_SHARE);
    const anomalies = Array.from({ length: count }, (_, i) =>
      anAnomaly(past, service, (i + 0.5) / count, random),
    );
    for (let from = 0; from < count; from += ANOMALIES_PER_BATCH)
      await store.saveBatch({
        ...emptyBatch(),
        anomalies: anomalies.slice(from, from + ANOMALIES_PER_BATCH),
      });
    await store.saveBatch({
      ...emptyBatch(),
      samples: Array.from({ length: SAMPLES_PER_SERVICE }, (_, i) => ({
        slot: `bench ${i} ${service}`,
        record: {
          ...anAnomaly(past, service, (i + 0.5) / SAMPLES_PER_SERVICE, random),
          score: random() * THRESHOLD,
        },
      })),
      services: [
        {
          name: service,
          records: past.records,
          anomalies: count,
          learningState: "ready",
          lastSeenMs: past.endMs,
        },
      ],
      thresholds: [{ service, value: THRESHOLD }],
    });
    if (index === 0) await label(store, anomalies, past, random);
  }
}

async function label(
  store: Store,
  anomalies: readonly Anomaly[],
  { labels }: Past,
  random: () => number,
): Promise<void> {
  const step = Math.max(1, Math.floor(anomalies.length / labels));
  for (const anomaly of anomalies.filter((_, i) => i % step === 0).slice(0, labels))
    await store.addFeedback({
      id: ulid(anomaly.timeMs),
      anomalyId: anomaly.id,
      isTrueAnomaly: random() < anomaly.score - 0.5,
      note: undefined,
      author: undefined,
      createdAtMs: anomaly.timeMs,
    });
}

async function fillScores(store: Store, past: Past, random: () => number): Promise<void> {
  const minutes = Math.round((past.days * DAY_MS) / MINUTE_MS);
  const startMs = Math.floor(past.endMs / MINUTE_MS) * MINUTE_MS - minutes * MINUTE_MS;
  for (let first = 0; first < minutes; first += MINUTES_PER_BATCH) {
    const histograms: ScoreHistogram[] = [];
    for (let minute = first; minute < Math.min(minutes, first + MINUTES_PER_BATCH); minute += 1)
      for (const service of past.services) {
        const records =
          Math.floor(((minute + 1) * past.records) / minutes) - Math.floor((minute * past.records) / minutes);
        histograms.push({ service, minuteMs: startMs + minute * MINUTE_MS, ...scores(records, random) });
      }
    await store.saveBatch({ ...emptyBatch(), histograms });
  }
}

function scores(records: number, random: () => number): Omit<ScoreHistogram, "service" | "minuteMs"> {
  const counts = new Array<number>(SCORE_BUCKETS).fill(0);
  let maxScore = 0;
  for (let i = 0; i < records; i += 1) {
    const score = random() ** LOWNESS;
    maxScore = Math.max(maxScore, score);
    const bucket = Math.min(SCORE_BUCKETS - 1, Math.floor(score * SCORE_BUCKETS));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { counts, anomalies: random() < 0.05 ? 1 : 0, maxScore };
}

/** @param place where it lies between the beginning and the end, 0 to 1 */
function anAnomaly({ days, endMs }: Past, service: string, place: number, random: () => number): Anomaly {
  const timeMs = Math.round(endMs - (1 - place) * days * DAY_MS);
  const kind = Math.floor(random() * TEMPLATES);
  const template = `payment of order <NUM> failed at step ${kind}: connection to <IP> was refused by the peer`;
  return {
    id: ulid(timeMs),
    timeMs,
    service,
    stream: `${service}/1`,
    severityNumber: ERROR,
    severityText: "ERROR",
    body: template,
    kind: `template-${kind}`,
    templateId: `template-${kind}`,
    template,
    score: THRESHOLD + random() * (1 - THRESHOLD),
    threshold: THRESHOLD,
    modelVersion: "bench",
    traceId: undefined,
    explanation: {
      summary: "An event that was not expected here; a usual one would have been: order shipped.",
      source: "MODEL",
      expected: [{ template: "order <NUM> shipped", probability: 0.8 }],
      detectors: ["event-model", "ngram", "gap"].map((detector) => ({
        detector,
        pValue: 0.001,
        share: 1 / 3,
      })),
      tokens: template
        .split(" ")
        .map((token, i) => ({ token, importance: 1 / (i + 1), start: i, end: i + 1 })),
    },
    window: Array.from({ length: WINDOW_EVENTS }, (_, i) => ({
      timeMs: timeMs - (WINDOW_EVENTS - i) * 100,
      template: `step ${i} of order <NUM> done in <NUM> ms`,
      severityNumber: 9,
      isSubject: i === WINDOW_EVENTS - 1,
    })),
  };
}

function emptyBatch() {
  return {
    anomalies: [],
    samples: [],
    histograms: [],
    services: [],
    templates: [],
    thresholds: [],
    status: undefined,
  };
}
