import type { IncomingMessage, ServerResponse } from "node:http";
import type { Meter, ObservableGauge } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { AggregationType, MeterProvider } from "@opentelemetry/sdk-metrics";
import { EARLY_REASONS } from "../thin/holding.ts";
import { STANDINGS } from "../thin/stream-context.ts";
import { createSamplingMetrics, type SamplingMetrics } from "./sampling-metrics.ts";

/** Label values of `service` are bounded: the first ones keep their name, the rest are "other". */
const SERVICES_MAX = 200;

/** A count, rate or state that is read when somebody scrapes. */
export interface GaugeSources {
  templatesActive(): number;
  templatesEvicted(): number;
  thresholds(): Iterable<{ readonly service: string; readonly value: number }>;
  falseAlarmRates(): { readonly target: number; readonly observed: number };
  modelVersion(): string;
  /** Feedback ever given. */
  feedback(): { readonly confirmed: number; readonly expected: number };
  rememberQueueRows(): number;
  recordsInWork(): number;
  bytesInFlight(): number;
  retryMemoryBytes(): number;
  samplingHeldBytes(): number;
  /** Undefined what is not known: before the first run, or any more. */
  canaries(): {
    readonly recallRatio?: number | undefined;
    readonly requiredRatio?: number | undefined;
    readonly falseAlarmRatio?: number | undefined;
  };
}

/** Every metric of the stage, once. Names follow the Collector's vocabulary under the prefix `logbert_`. */
export interface Metrics extends SamplingMetrics {
  accepted(transport: string, records: number): void;
  refused(reason: string, records: number): void;
  /** A connection of a sender was closed at once: "total" or "client" says which limit it broke. */
  connectionRefused(limit: string): void;
  sent(records: number): void;
  sendFailed(records: number): void;
  incoming(records: number): void;
  outgoing(records: number): void;
  scored(result: "normal" | "anomalous" | "unscored", records: number): void;
  processed(seconds: number): void;
  inferred(seconds: number): void;
  /** Events that the event model left to the other detectors. */
  modelSkipped(events: number): void;
  /** Ended sessions that the count vectors left to the other detectors. */
  sessionsSkipped(sessions: number): void;
  /** A new release without a learning band, or a new message that is not gathered. */
  newsLeftOut(what: "release" | "message"): void;
  /** A detector that `records` of a request were judged without, because it was late, busy or broken. */
  detectorAbsent(detector: string, records: number): void;
  /** Records passed on without a verdict, which `scored` counts too. */
  unscored(reason: string, records: number): void;
  eventLoopDelay(seconds: number): void;
  explained(source: string, outcome: string): void;
  /** Counts of a source that are shown before there are any. */
  explainedBy(source: string, outcomes: readonly string[]): void;
  redacted(kind: string, count: number): void;
  rememberDropped(rows: number): void;
  /** Events written down for training, and events left out because the disk did not keep up. */
  recorded(events: number): void;
  recordingDropped(events: number): void;
  trained(outcome: "promoted" | "rejected" | "failed"): void;
  /** Log records whose enriched bytes were compared with their own, and those of requests that differed. */
  losslessChecked(records: number): void;
  losslessMismatched(records: number): void;
  /** Whose counts are shown before there are any; alerts of others are not counted. */
  alertChannels(names: readonly string[]): void;
  /** A try to send an alert. */
  alertSent(channel: string, outcome: string): void;
  observe(sources: GaugeSources): void;
  /** Answers a scrape. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Shown before there are any. */
const REFUSED_REASONS = [
  "malformed",
  "too-large",
  "overloaded",
  "unauthenticated",
  "rate-limited",
  "next-hop",
];
const SECONDS_BUCKETS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Creates the metrics; nothing is exported before `handle` is called. */
export function createMetrics(): Metrics {
  const { exporter, provider } = createPipeline();
  const meter = provider.getMeter("logbert");
  const counter = (name: string, description: string) => meter.createCounter(name, { description });
  const histogram = (name: string, description: string) => meter.createHistogram(name, { description });

  const accepted = counter(
    "receiver_accepted_log_records",
    "Log records taken in and acknowledged upstream.",
  );
  const sent = counter("exporter_sent_log_records", "Log records that the next hop acknowledged.");
  const sendFailed = counter(
    "exporter_send_failed_log_records",
    "Log records that the next hop did not take.",
  );
  const incoming = counter("processor_incoming_items", "Log records that entered the processor.");
  const outgoing = counter("processor_outgoing_items", "Log records that left the processor.");
  const scored = counter(
    "scored_log_records",
    "Log records by verdict; unscored ones are passed on all the same.",
  );
  const processed = histogram(
    "processor_internal_duration_seconds",
    "Time in the stage without the next hop.",
  );
  const inferred = histogram("inference_duration_seconds", "Time of one scoring pass over a request.");
  const explained = counter("explanations", "Explanations made, or asked for, by how that went.");
  const redacted = counter("redactions", "Values replaced before something was stored or shown.");
  const dropped = counter("remember_dropped_rows", "Rows not stored because the database did not keep up.");
  for (const label of ["normal", "anomalous", "unscored"]) scored.add(0, { result: label });
  for (const transport of ["grpc", "http", "kafka"]) accepted.add(0, { transport });
  for (const kind of ["email", "ip", "secret"]) redacted.add(0, { kind });
  for (const total of [sent, sendFailed, incoming, outgoing, dropped]) total.add(0);
  explained.add(0, { source: "model", outcome: "ok" });

  return {
    accepted: (transport, records) => accepted.add(records, { transport }),
    sent: (records) => sent.add(records),
    sendFailed: (records) => sendFailed.add(records),
    incoming: (records) => incoming.add(records),
    outgoing: (records) => outgoing.add(records),
    scored: (result, records) => scored.add(records, { result }),
    processed: (seconds) => processed.record(seconds),
    inferred: (seconds) => inferred.record(seconds),
    explained: (source, outcome) => explained.add(1, { source, outcome }),
    explainedBy(source, outcomes) {
      for (const outcome of outcomes) explained.add(0, { source, outcome });
    },
    redacted: (kind, count) => redacted.add(count, { kind }),
    rememberDropped: (rows) => dropped.add(rows),
    ...createRefusalMetrics(meter),
    ...createOverloadMetrics(meter),
    ...createSkipMetrics(meter),
    ...createTrainingMetrics(meter),
    ...createLosslessMetrics(meter),
    ...createAlertMetrics(meter),
    ...createSamplingMetrics(meter, STANDINGS, EARLY_REASONS),
    observe: (sources) => observeGauges(provider, sources),
    handle: (request, response) => exporter.getMetricsRequestHandler(request, response),
    close: () => provider.shutdown(),
  };
}

function createRefusalMetrics(meter: Meter): Pick<Metrics, "refused" | "connectionRefused"> {
  const records = meter.createCounter("receiver_refused_log_records", {
    description: "Log records not taken, by reason.",
  });
  const connections = meter.createCounter("receiver_refused_connections", {
    description: "Connections of senders closed at once, by the limit that they broke.",
  });
  for (const reason of REFUSED_REASONS) records.add(0, { reason });
  for (const limit of ["total", "client"]) connections.add(0, { limit });
  return {
    refused: (reason, refused) => records.add(refused, { reason }),
    connectionRefused: (limit) => connections.add(1, { limit }),
  };
}

function createOverloadMetrics(
  meter: Meter,
): Pick<Metrics, "detectorAbsent" | "unscored" | "eventLoopDelay"> {
  const absent = meter.createCounter("detector_absent_requests", {
    description: "Requests judged without a late, busy or broken detector.",
  });
  const degraded = meter.createCounter("degraded_log_records", {
    description: "Log records judged without a late, busy or broken detector.",
  });
  const unscored = meter.createCounter("unscored_log_records", {
    description: "Log records passed on without a verdict, by reason.",
  });
  const delay = meter.createHistogram("event_loop_delay_seconds", {
    description:
      "By how much a timer on the thread that serves requests came too late, looked at every 10 ms.",
  });
  for (const reason of ["overload", "late", "failed", "no-evidence", "repeated"]) unscored.add(0, { reason });
  for (const detector of ["event-model", "new-template"]) {
    absent.add(0, { detector });
    degraded.add(0, { detector });
  }
  return {
    detectorAbsent(detector, records) {
      absent.add(1, { detector });
      degraded.add(records, { detector });
    },
    unscored: (reason, records) => unscored.add(records, { reason }),
    eventLoopDelay: (seconds) => delay.record(seconds),
  };
}

function createSkipMetrics(meter: Meter): Pick<Metrics, "modelSkipped" | "sessionsSkipped" | "newsLeftOut"> {
  const events = meter.createCounter("event_model_skipped_events", {
    description: "Events that were judged without the event model, because one request had too many for it.",
  });
  const sessions = meter.createCounter("count_vector_skipped_sessions", {
    description:
      "Ended sessions that were judged without the count vectors, because one request had too many to compare.",
  });
  const news = meter.createCounter("release_news_left_out", {
    description:
      "New releases without a learning band, and new messages that were not gathered, because there were too many.",
  });
  for (const total of [events, sessions]) total.add(0);
  for (const what of ["release", "message"]) news.add(0, { what });
  return {
    modelSkipped: (skipped) => events.add(skipped),
    sessionsSkipped: (skipped) => sessions.add(skipped),
    newsLeftOut: (what) => news.add(1, { what }),
  };
}

function createLosslessMetrics(meter: Meter): Pick<Metrics, "losslessChecked" | "losslessMismatched"> {
  const checked = meter.createCounter("lossless_checked_log_records", {
    description: "Log records whose enriched bytes were compared with those that came in.",
  });
  const mismatched = meter.createCounter("lossless_mismatched_log_records", {
    description:
      "Log records of requests whose enrichment changed more than it should: they went on as they came.",
  });
  for (const total of [checked, mismatched]) total.add(0);
  return {
    losslessChecked: (records) => checked.add(records),
    losslessMismatched: (records) => mismatched.add(records),
  };
}

function createTrainingMetrics(meter: Meter): Pick<Metrics, "recorded" | "recordingDropped" | "trained"> {
  const recorded = meter.createCounter("training_recorded_events", {
    description: "Events written down for training.",
  });
  const dropped = meter.createCounter("training_dropped_events", {
    description: "Events not written down for training, because the disk did not keep up.",
  });
  const runs = meter.createCounter("training_runs", { description: "Trainings that ended, by outcome." });
  for (const total of [recorded, dropped]) total.add(0);
  for (const outcome of ["promoted", "rejected", "failed"]) runs.add(0, { outcome });
  return {
    recorded: (events) => recorded.add(events),
    recordingDropped: (events) => dropped.add(events),
    trained: (outcome) => runs.add(1, { outcome }),
  };
}

const ALERT_OUTCOMES = ["sent", "retry", "refused", "expired"];

function createAlertMetrics(meter: Meter): Pick<Metrics, "alertChannels" | "alertSent"> {
  const sent = meter.createCounter("alerts_sent", {
    description:
      "Tries to send an alert, by channel; refused and expired ones are put aside. Expired: incidents that were deleted before they could be told, too.",
  });
  const channels = new Set<string>();
  return {
    alertChannels(names) {
      for (const channel of names) {
        channels.add(channel);
        for (const outcome of ALERT_OUTCOMES) sent.add(0, { channel, outcome });
      }
    },
    alertSent(channel, outcome) {
      if (channels.has(channel)) sent.add(1, { channel, outcome });
    },
  };
}

/** A meter provider that nothing leaves before somebody scrapes. */
function createPipeline(): { readonly exporter: PrometheusExporter; readonly provider: MeterProvider } {
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    prefix: "logbert",
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const provider = new MeterProvider({
    readers: [exporter],
    views: [
      {
        instrumentName: "*_seconds",
        aggregation: {
          type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
          options: { boundaries: SECONDS_BUCKETS },
        },
      },
    ],
  });
  return { exporter, provider };
}

function observeGauges(provider: MeterProvider, sources: GaugeSources): void {
  const meter = provider.getMeter("logbert");
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });

  gauge("templates_active", "Templates in memory.").addCallback((result) =>
    result.observe(sources.templatesActive()),
  );
  meter
    .createObservableCounter("templates_evicted", {
      description: "Templates evicted, least recently used first.",
    })
    .addCallback((result) => result.observe(sources.templatesEvicted()));
  meter
    .createObservableCounter("feedback", { description: "Feedback given by people." })
    .addCallback((result) => {
      const { confirmed, expected } = sources.feedback();
      result.observe(confirmed, { label: "true_anomaly" });
      result.observe(expected, { label: "false_alarm" });
    });
  for (const [name, description, size] of queuesOf(sources))
    gauge(name, description).addCallback((result) => result.observe(size()));
  gauge("threshold", "Threshold on the score in force, by service.").addCallback((result) => {
    let named = 0;
    for (const { service, value } of sources.thresholds()) {
      result.observe(value, { service: named < SERVICES_MAX ? service : "other" });
      named += 1;
    }
  });
  gauge("false_alarm_rate_target_ratio", "Promised share of normal records above the threshold.").addCallback(
    (result) => result.observe(sources.falseAlarmRates().target),
  );
  gauge("false_alarm_rate_observed_ratio", "Realised share of records above the threshold.").addCallback(
    (result) => result.observe(sources.falseAlarmRates().observed),
  );
  observeCanaries(gauge, sources);
  let told: string | undefined;
  gauge("model_info", "1 for the weights in use, 0 for those before them.").addCallback((result) => {
    const version = sources.modelVersion();
    // The exporter goes on telling the last value of a label that is no longer observed.
    if (told !== undefined && told !== version) result.observe(0, { version: told });
    result.observe(1, { version });
    told = version;
  });
}

/** Name, description and size of everything that waits. */
function queuesOf(
  sources: GaugeSources,
): readonly (readonly [name: string, description: string, size: () => number])[] {
  return [
    ["remember_queue_rows", "Rows waiting for the database.", sources.rememberQueueRows],
    ["records_in_work", "Log records being scored, forwarded or learned from.", sources.recordsInWork],
    ["receiver_in_flight_bytes", "Bytes of the requests in the stage.", sources.bytesInFlight],
    [
      "retry_memory_bytes",
      "Memory of requests that the next hop did not take, kept for their retry.",
      sources.retryMemoryBytes,
    ],
    [
      "sampling_held_bytes",
      "Bytes of requests that wait until it is known whether an anomaly follows.",
      sources.samplingHeldBytes,
    ],
  ];
}

function observeCanaries(
  gauge: (name: string, description: string) => ObservableGauge,
  { canaries }: Pick<GaugeSources, "canaries">,
): void {
  const measured = (name: string, description: string, value: () => number | undefined) => {
    let isTold = false;
    gauge(name, description).addCallback((result) => {
      const known = value();
      // The exporter would go on telling the last value.
      if (known !== undefined || isTold) result.observe(known ?? Number.NaN);
      isTold = known !== undefined || isTold;
    });
  };
  measured(
    "canary_recall_ratio",
    "Share of sequences known to be odd that the detector found in its last trial.",
    () => canaries().recallRatio,
  );
  measured(
    "canary_required_recall_ratio",
    "What that share had to be at least: a part of what is usually found in the services of that trial.",
    () => canaries().requiredRatio,
  );
  measured(
    "canary_false_alarm_ratio",
    "Share of sequences known to be normal that it would have flagged.",
    () => canaries().falseAlarmRatio,
  );
}
