import { ulid } from "ulid";
import { SCORE_BUCKETS, type ScoreHistogram, type Store } from "../../store/store.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS = 30;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTES_BETWEEN = 10;
/** 30 days of a histogram each ten minutes: a million records. */
const RECORDS_EACH = Math.ceil(1_000_000 / ((DAYS * DAY_MS) / (MINUTES_BETWEEN * MINUTE_MS)));

/** Anomalies of checkout with a label each: the real ones score 0.95, the expected ones 0.88. */
export async function saveLabels(store: Store, real: number, expected: number): Promise<void> {
  const nowMs = Date.now();
  const anomalies = Array.from({ length: real + expected }, (_, index) => ({
    ...sampleAnomaly(nowMs - index * MINUTE_MS, 0),
    score: index < real ? 0.95 : 0.88,
  }));
  await store.saveBatch({ ...sampleBatch(nowMs, 0), histograms: [], services: [], anomalies });
  for (const [index, { id }] of anomalies.entries())
    await store.addFeedback({
      id: ulid(nowMs),
      anomalyId: id,
      isTrueAnomaly: index < real,
      note: undefined,
      author: undefined,
      createdAtMs: nowMs,
    });
}

/** A month of checkout's scores, a million records of them; its first hour has none, so that nothing of it gets too old while a test runs. */
export async function saveMonth(store: Store, nowMs: number): Promise<void> {
  for (let day = 0; day < DAYS; day += 1) {
    const lastMs = Math.floor((nowMs - day * DAY_MS) / MINUTE_MS) * MINUTE_MS - MINUTE_MS * 61;
    const histograms = Array.from({ length: DAY_MS / (MINUTES_BETWEEN * MINUTE_MS) }, (_, index) =>
      histogram(lastMs - index * MINUTES_BETWEEN * MINUTE_MS, index),
    ).filter(({ minuteMs }) => minuteMs > nowMs - DAYS * DAY_MS + HOUR_MS);
    await store.saveBatch({ ...sampleBatch(nowMs, 0), services: [], histograms });
  }
}

function histogram(minuteMs: number, index: number): ScoreHistogram {
  const counts = Array.from({ length: SCORE_BUCKETS }, (_, bucket) =>
    Math.floor((RECORDS_EACH / 40) * (1 - bucket / SCORE_BUCKETS) ** 4),
  );
  counts[0] = RECORDS_EACH;
  const odd = (index * 7) % SCORE_BUCKETS;
  counts[odd] = (counts[odd] ?? 0) + 1;
  return { service: "checkout", minuteMs, counts, anomalies: 0, maxScore: 0.9 };
}
