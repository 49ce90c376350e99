import type { Insertable, Selectable } from "kysely";
import { z } from "zod";
import type { Anomaly, StoredAnomaly } from "./anomaly.ts";
import type { Feedback } from "./feedback.ts";
import type { Incident } from "./incident.ts";
import { endKind } from "./kind.ts";
import { StoreError, USUAL_SERVICES_MAX } from "./store.ts";
import type { Tables } from "./tables.ts";
import type { Threshold, ThresholdChange } from "./threshold.ts";

const explanation = z.object({
  summary: z.string(),
  facts: z.array(z.string()).optional(),
  source: z.enum(["MODEL", "LLM"]),
  expected: z.array(z.object({ template: z.string().optional(), probability: z.number() })),
  detectors: z.array(
    z.object({
      detector: z.string(),
      pValue: z.number(),
      ownPValue: z.number().optional(),
      share: z.number(),
    }),
  ),
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

/** What does not hold is learned anew: nobody has to mend it. */
const usual = z
  .array(z.object({ service: z.string(), runs: z.int().positive(), meanRatio: z.number().min(0).max(1) }))
  .max(USUAL_SERVICES_MAX)
  .optional()
  .catch(undefined);

const status = z.object({
  version: z.string(),
  modelVersion: z.string(),
  startedAtMs: z.number(),
  updatedAtMs: z.number(),
  hasStopped: z.boolean().optional(),
  recordsPerSecond: z.number(),
  forwardEndpoint: z.string().optional(),
  forwardState: z.enum(["sink", "ok", "retrying", "refusing", "unknown"]),
  isForwardReachable: z.boolean().optional(),
  isKafkaReachable: z.boolean().optional(),
  scoring: z
    .object({
      state: z.enum(["scoring", "degraded", "shedding"]),
      unscoredRatio: z.number(),
      degradedRatio: z.number(),
    })
    .optional(),
  labels: z.number().optional(),
  detectorWeights: z.array(z.object({ detector: z.string(), weight: z.number() })).optional(),
  canary: z
    .object({
      state: z.enum(["off", "waiting", "well", "collapsed"]),
      recallRatio: z.number().optional(),
      requiredRatio: z.number().optional(),
      falseAlarmRatio: z.number().optional(),
      checkedAtMs: z.number().optional(),
      collapsedAtMs: z.number().optional(),
      recoveredAtMs: z.number().optional(),
      usual,
    })
    .optional(),
});

const incidentTemplates = z.array(
  z.object({
    templateId: z.string(),
    template: z.string(),
    anomalies: z.number(),
    maxScore: z.number(),
    strongestId: z.string(),
  }),
);

const thresholdMode = z.enum(["auto", "budget", "manual"]);
const learningState = z.enum(["learning", "ready"]);

/** The JSON columns, checked on their way out of the database. */
export const jsonColumns = { explanation, windowEvents, status };

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

/** @param sampleSlot undefined for an alert */
export function anomalyRow(
  anomaly: Anomaly,
  sampleSlot: string | undefined,
): Insertable<Tables["anomalies"]> {
  return {
    id: anomaly.id,
    time_ms: anomaly.timeMs,
    service: anomaly.service,
    stream: anomaly.stream,
    severity_number: anomaly.severityNumber,
    severity_text: anomaly.severityText,
    body: anomaly.body,
    kind: anomaly.kind,
    template_id: anomaly.templateId,
    template: anomaly.template,
    score: anomaly.score,
    threshold: anomaly.threshold,
    model_version: anomaly.modelVersion,
    trace_id: anomaly.traceId ?? null,
    explanation: JSON.stringify(anomaly.explanation),
    window_events: JSON.stringify(anomaly.window),
    is_alert: sampleSlot === undefined ? 1 : 0,
    sample_slot: sampleSlot ?? null,
    incident_id: null,
    fingerprint: (sampleSlot === undefined ? anomaly.fingerprint : undefined) ?? null,
  };
}

export function toAnomaly(row: Selectable<Tables["anomalies"]>): StoredAnomaly {
  const { expected, ...rest } = fromJson(explanation, "anomalies.explanation", row.explanation);
  const window = fromJson(windowEvents, "anomalies.window_events", row.window_events);
  return {
    id: row.id,
    timeMs: row.time_ms,
    service: row.service,
    stream: row.stream,
    severityNumber: row.severity_number,
    severityText: row.severity_text,
    body: row.body,
    kind:
      row.kind ?? (window.some(({ isSubject }) => isSubject) ? row.template_id : endKind(row.template_id)),
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
    window,
    isAlert: row.is_alert === 1,
    incidentId: row.incident_id ?? undefined,
  };
}

export function incidentRow(incident: Incident): Insertable<Tables["incidents"]> {
  return {
    id: incident.id,
    service: incident.service,
    started_at_ms: incident.startedAtMs,
    last_at_ms: incident.lastAtMs,
    anomalies: incident.anomalies,
    max_score: incident.maxScore,
    severity_number: incident.severityNumber,
    strongest_id: incident.strongestId,
    templates: JSON.stringify(incident.templates),
  };
}

export function toIncident(row: Selectable<Tables["incidents"]>): Incident {
  return {
    id: row.id,
    service: row.service,
    startedAtMs: row.started_at_ms,
    lastAtMs: row.last_at_ms,
    anomalies: row.anomalies,
    maxScore: row.max_score,
    severityNumber: row.severity_number,
    strongestId: row.strongest_id,
    templates: fromJson(incidentTemplates, "incidents.templates", row.templates),
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
    undoneAtMs: row.undone_at_ms ?? undefined,
    undoneBy: row.undone_by ?? undefined,
  };
}

/** @param changeId of the last change that a person made */
export function toThreshold(row: Selectable<Tables["thresholds"]>, changeId: number | null): Threshold {
  return {
    service: row.service,
    mode: readMode("thresholds.mode", row.mode),
    alertsPerDay: row.alerts_per_day ?? undefined,
    value: row.value,
    updatedAtMs: row.updated_at_ms,
    changeId: changeId === null ? undefined : String(changeId),
  };
}

export function toThresholdChange(row: Selectable<Tables["threshold_history"]>): ThresholdChange {
  return {
    id: String(row.sequence),
    service: row.service,
    mode: readMode("threshold_history.mode", row.mode),
    alertsPerDay: row.alerts_per_day ?? undefined,
    value: row.value ?? undefined,
    author: row.author ?? undefined,
    atMs: row.at_ms,
    revertOf: row.revert_of === null ? undefined : String(row.revert_of),
  };
}

function readMode(column: string, value: string): z.infer<typeof thresholdMode> {
  const mode = thresholdMode.safeParse(value);
  if (!mode.success) throw corrupt(column, mode.error);
  return mode.data;
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
