import type { ForwardOutcome } from "./forward/forwarder.ts";
import type { PipelineObserver } from "./pipeline.ts";
import type { Transport } from "./receive/consume.ts";
import type { Log } from "./telemetry/log.ts";
import type { Metrics } from "./telemetry/metrics.ts";

/** A repeated warning is logged once in this time: never a line a record. */
const WARNING_INTERVAL_MS = 10_000;

/** Records per second over the last ten seconds, and the observer that counts them. */
export interface StageObserver extends PipelineObserver {
  recordsPerSecond(): number;
  /** Enriched bytes were compared with those that came in. */
  selfChecked(records: number): void;
  /** They differed in more than our attributes; the request goes on as it came. */
  altered(records: number, cause: Error): void;
}

/** Turns what the pipeline tells into metrics, and into a log line where a person should know. */
export function createStageObserver(metrics: Metrics, log: Log, now: () => number): StageObserver {
  const rate = createRate(now);
  const lastWarnedMs = new Map<string, number>();
  const warn = (key: string, details: object, message: string) => {
    if (now() - (lastWarnedMs.get(key) ?? Number.NEGATIVE_INFINITY) < WARNING_INTERVAL_MS) return;
    lastWarnedMs.set(key, now());
    log.warn(details, message);
  };

  return {
    recordsPerSecond: rate.perSecond,
    incoming(records) {
      metrics.incoming(records);
      rate.add(records);
    },
    absent(detector, cause) {
      metrics.detectorAbsent(detector);
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      warn(
        `absent ${detector}`,
        { detector, reason },
        "a detector was late or broken; the others judged without it",
      );
    },
    unscored(records, cause) {
      metrics.scored("unscored", records);
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      warn("unscored", { records, reason }, "records were passed on unscored");
    },
    judged({ parsed, findings, anomalies }, seconds) {
      const onRecords = findings.filter(({ recordIndex }) => recordIndex !== undefined);
      const anomalous = onRecords.filter(({ verdict }) => verdict.isAnomaly).length;
      metrics.scored("anomalous", anomalous);
      metrics.scored("normal", onRecords.length - anomalous);
      metrics.scored("unscored", parsed.length - onRecords.length);
      metrics.inferred(seconds);
      for (const _ of anomalies) metrics.explained("model", "ok");
    },
    selfChecked: metrics.losslessChecked,
    altered(records, cause) {
      metrics.losslessMismatched(records);
      warn(
        "altered",
        { records, reason: cause.message },
        "the self-check found a mistake of logbert's: the request went on as it came; please report it",
      );
    },
    prepared: metrics.processed,
    outcome(outcome, records, transport) {
      countOutcome(metrics, outcome, records, transport);
      if (outcome.kind !== "accepted") {
        warn(outcome.kind, { records, message: outcome.message }, "the next hop did not take the records");
      }
    },
  };
}

function countOutcome(
  metrics: Metrics,
  outcome: ForwardOutcome,
  records: number,
  transport: Transport,
): void {
  if (outcome.kind !== "accepted") {
    metrics.refused("next-hop", records);
    metrics.sendFailed(records);
    return;
  }
  metrics.accepted(transport, records);
  metrics.sent(records - outcome.rejectedRecords);
  metrics.outgoing(records);
  if (outcome.rejectedRecords > 0) metrics.sendFailed(outcome.rejectedRecords);
}

const RATE_SECONDS = 10;

function createRate(now: () => number) {
  const startedAtMs = now();
  const seconds = new Map<number, number>();
  const second = () => Math.floor(now() / 1000);
  return {
    add(records: number) {
      seconds.set(second(), (seconds.get(second()) ?? 0) + records);
      for (const key of seconds.keys()) if (key < second() - RATE_SECONDS) seconds.delete(key);
    },
    perSecond(): number {
      let sum = 0;
      for (const [key, records] of seconds) if (key >= second() - RATE_SECONDS) sum += records;
      return sum / Math.max(1, Math.min(RATE_SECONDS, (now() - startedAtMs) / 1000));
    },
  };
}
