import type { Selectable } from "kysely";
import { z } from "zod";
import { type Anomaly, type Feedback, StoreError, type Threshold } from "./store.ts";
import type { Tables } from "./tables.ts";

const explanation = z.object({
  summary: z.string(),
  source: z.enum(["MODEL", "LLM"]),
  expected: z.array(z.object({ template: z.string().optional(), probability: z.number() })),
  detectors: z.array(z.object({ detector: z.string(), pValue: z.number(), share: z.number() })),
  tokens: z.array(
    z.object({ token: z.string(), importance: z.number(), start: z.number(), end: z.number() }),
  ),
});

const windowEvents = z.array(
  z.object({
    timeMs: z.number(),
    template: z.string(),
    templateId: z.string().optional(),
    severityNumber: z.number(),
    isSubject: z.boolean(),
  }),
);

const status = z.object({
  version: z.string(),
  modelVersion: z.string(),
  startedAtMs: z.number(),
  updatedAtMs: z.number(),
  recordsPerSecond: z.number(),
  forwardEndpoint: z.string().optional(),
  forwardState: z.enum(["sink", "ok", "retrying", "refusing", "unknown"]),
  scoring: z
    .object({
      state: z.enum(["scoring", "degraded", "shedding"]),
      unscoredRatio: z.number(),
      degradedRatio: z.number(),
    })
    .optional(),
  labels: z.number().optional(),
  detectorWeights: z.array(z.object({ detector: z.string(), weight: z.number() })).optional(),
});

const histogramCounts = z.array(z.tuple([z.int(), z.number()]));
const thresholdMode = z.enum(["auto", "budget", "manual"]);
const learningState = z.enum(["learning", "ready"]);

/** The JSON columns, checked on their way out of the database. */
export const jsonColumns = { explanation, windowEvents, status, histogramCounts };

/** Reads a JSON column. Throws a {@link StoreError} that names the column when it does not hold what it should. */
export function fromJson<T>(schema: z.ZodType<T>, column: string, json: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw corrupt(column, cause);
  }
}

export function readLearningState(value: string): z.infer<typeof learningState> {
  const parsed = learningState.safeParse(value);
  if (!parsed.success) throw corrupt("services.learning_state", parsed.error);
  return parsed.data;
}

export function anomalyRow(anomaly: Anomaly): Tables["anomalies"] {
  return {
    id: anomaly.id,
    time_ms: anomaly.timeMs,
    service: anomaly.service,
    stream: anomaly.stream,
    severity_number: anomaly.severityNumber,
    severity_text: anomaly.severityText,
    body: anomaly.body,
    template_id: anomaly.templateId,
    template: anomaly.template,
    score: anomaly.score,
    threshold: anomaly.threshold,
    model_version: anomaly.modelVersion,
    trace_id: anomaly.traceId ?? null,
    explanation: JSON.stringify(anomaly.explanation),
    window_events: JSON.stringify(anomaly.window),
  };
}

export function toAnomaly(row: Selectable<Tables["anomalies"]>): Anomaly {
  const { expected, ...rest } = fromJson(explanation, "anomalies.explanation", row.explanation);
  return {
    id: row.id,
    timeMs: row.time_ms,
    service: row.service,
    stream: row.stream,
    severityNumber: row.severity_number,
    severityText: row.severity_text,
    body: row.body,
    templateId: row.template_id,
    template: row.template,
    score: row.score,
    threshold: row.threshold,
    modelVersion: row.model_version,
    traceId: row.trace_id ?? undefined,
    explanation: {
      ...rest,
      expected: expected.map(({ template, probability }) => ({ template, probability })),
    },
    window: fromJson(windowEvents, "anomalies.window_events", row.window_events),
  };
}

export function toFeedback(row: Selectable<Tables["feedback"]>): Feedback {
  return {
    id: row.id,
    anomalyId: row.anomaly_id,
    isTrueAnomaly: row.is_true_anomaly === 1,
    note: row.note ?? undefined,
    author: row.author ?? undefined,
    createdAtMs: row.created_at_ms,
  };
}

export function toThreshold(row: Selectable<Tables["thresholds"]>): Threshold {
  const mode = thresholdMode.safeParse(row.mode);
  if (!mode.success) throw corrupt("thresholds.mode", mode.error);
  return {
    service: row.service,
    mode: mode.data,
    alertsPerDay: row.alerts_per_day ?? undefined,
    value: row.value,
    updatedAtMs: row.updated_at_ms,
  };
}

/** Says that a column holds what no version of this program writes. */
export function corrupt(column: string, cause: unknown): StoreError {
  return new StoreError(
    "corrupt",
    `the column ${column} holds something that this program did not write`,
    "restore the database from a backup, or start with a new one",
    { cause },
  );
}
