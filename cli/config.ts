import { z } from "zod";
import { alertsConfig } from "../api/alerts/config.ts";
import { apiConfig } from "../api/config.ts";
import { explainerConfig } from "../api/llm/config.ts";
import { calibrateConfig } from "../processor/calibrate/config.ts";
import { canaryConfig } from "../processor/canary/config.ts";
import { detectConfig } from "../processor/detect/config.ts";
import { attributesConfig } from "../processor/enrich/config.ts";
import { forwardConfig } from "../processor/forward/config.ts";
import { kafkaEndpointOf } from "../processor/forward/kafka/kafka-endpoint.ts";
import { inferenceConfig } from "../processor/inference/config.ts";
import { trainingConfig } from "../processor/promote/config.ts";
import { receiveConfig } from "../processor/receive/config.ts";
import { redactConfig } from "../processor/redact/config.ts";
import { rememberConfig } from "../processor/remember/config.ts";
import { telemetryConfig } from "../processor/telemetry/config.ts";
import { templateConfig } from "../processor/template/config.ts";
import { samplingConfig } from "../processor/thin/config.ts";
import { windowConfig } from "../processor/window/config.ts";
import { storeConfig } from "../store/config.ts";

/** The whole configuration, in the order that a record meets it: one schema for the file, the docs and the checks. */
export const configSchema = z
  .strictObject({
    receive: receiveConfig.prefault({}).describe("Taking in OTLP."),
    forward: forwardConfig.prefault({}).describe("The next hop."),
    template: templateConfig.prefault({}).describe("Template mining."),
    window: windowConfig.prefault({}).describe("Streams and windows."),
    detect: detectConfig.prefault({}).describe("Detectors."),
    inference: inferenceConfig.prefault({}).describe("The model's weights."),
    calibrate: calibrateConfig.prefault({}).describe("From surprise to score, and from score to alert."),
    redact: redactConfig
      .prefault({})
      .describe("What is replaced before anything is shown, or stored in the database."),
    attributes: attributesConfig.prefault({}).describe("What is written into each record."),
    sampling: samplingConfig
      .prefault({})
      .describe("Thinning out: what stays of the records that are no anomaly and no context of one."),
    remember: rememberConfig.prefault({}).describe("What is written down, how often, for how long."),
    training: trainingConfig.prefault({}).describe("Learning on: what is recorded for it, and its bounds."),
    canary: canaryConfig.prefault({}).describe("Trying whether the detector works."),
    store: storeConfig.prefault({}).describe("The database."),
    api: apiConfig.prefault({}).describe("GraphQL and the UI."),
    alerts: alertsConfig.prefault({}).describe("Telling incidents in Slack, Teams and the like."),
    explainer: explainerConfig.prefault({}).describe("Explanations by a language model."),
    telemetry: telemetryConfig.prefault({}).describe("Own metrics and logs."),
  })
  .superRefine(({ receive: { kafka }, forward }, context) => {
    const next = kafkaEndpointOf(forward.endpoint);
    const comesBack =
      next !== undefined &&
      kafka.topics.some(({ name }) => name === next.topic) &&
      kafka.brokers.some((broker) => next.brokers.includes(broker));
    const message = "is a topic that receive.kafka reads: what goes there would come back, for ever";
    if (comesBack) context.addIssue({ code: "custom", path: ["forward", "endpoint"], message });
    const isOnce = kafka.brokers.length > 0 && kafka.delivery === "exactly_once";
    if (isOnce && !haveSame(kafka.brokers, next?.brokers ?? []))
      context.addIssue({
        code: "custom",
        path: ["receive", "kafka", "delivery"],
        message:
          "exactly_once needs forward.endpoint to be a topic of the same brokers (kafka://…, the same list as receive.kafka.brokers): only they can write records and offsets in one transaction",
      });
  });

/** In any order. */
function haveSame(some: readonly string[], others: readonly string[]): boolean {
  return some.every((one) => others.includes(one)) && others.every((one) => some.includes(one));
}

/** A validated configuration. */
export type Config = z.infer<typeof configSchema>;

/** Where the environment variables of the original program, of OpenTelemetry, and those that differ between stages, go. */
export const ENVIRONMENT: Readonly<Record<string, readonly [room: keyof Config, key: string]>> = {
  LOGBERT_MODEL: ["inference", "model"],
  WINDOW_TYPE: ["window", "type"],
  SEQUENCE_LENGTH: ["window", "size"],
  SLIDING_STEP: ["window", "step"],
  ANOMALY_THRESHOLD: ["calibrate", "anomaly_threshold"],
  DRAIN_DEPTH: ["template", "depth"],
  DRAIN_SIMILARITY: ["template", "similarity"],
  EXPLAINER_MODEL: ["explainer", "model"],
  GOOGLE_API_KEY: ["explainer", "google_api_key"],
  DB_PATH: ["store", "path"],
  DATABASE_URL: ["store", "url"],
  LOGBERT_INSTANCE: ["store", "instance"],
  LOG_LEVEL: ["telemetry", "log_level"],
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: ["forward", "endpoint"],
};

/** The variable that holds a token for everything, where the file lists none (`api.tokens`). */
export const API_TOKEN = "LOGBERT_API_TOKEN";
