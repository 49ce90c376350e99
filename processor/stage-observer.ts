import type { ForwardOutcome } from "./forward/forward-outcome.ts";
import type { PipelineObserver } from "./pipeline.ts";
import type { Transport } from "./receive/consume.ts";
import { isOnRecord, type Scored } from "./scoring.ts";
import type { Log } from "./telemetry/log.ts";
import type { Metrics } from "./telemetry/metrics.ts";
import { createScoringHealth, type ScoringHealth } from "./telemetry/scoring-health.ts";
import type { Traces } from "./telemetry/traces.ts";
import type { ThinnedCounts } from "./thinning-turn.ts";

/** A repeated warning is logged once in this time: never a line a record. */
const WARNING_INTERVAL_MS = 10_000;

/** The observer of the pipeline, and what it has counted lately. */
export interface StageObserver extends PipelineObserver {
  /** Over the last ten seconds. */
  recordsPerSecond(): number;
  scoringHealth(): ScoringHealth;
  /** What a person should know; the same message is logged once in a while. */
  warn(details: object, message: string): void;
  /** Enriched bytes were compared with those that came in. */
  selfChecked(records: number): void;
  /** They differed in more than our attributes; the request goes on as it came. */
  altered(records: number, cause: Error): void;
}

/** Turns what the pipeline tells into metrics, and into a log line where a person should know. */
export function createStageObserver(
  metrics: Metrics,
  log: Log,
  now: () => number,
  traces?: Pick<Traces, "answered">,
): StageObserver {
  const rate = createRate(now);
  const health = createScoringHealth(now);
  const lastWarnedMs = new Map<string, number>();
  const warn = (key: string, details: object, message: string) => {
    const sinceMs = now() - (lastWarnedMs.get(key) ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back must not silence it.
    if (sinceMs >= 0 && sinceMs < WARNING_INTERVAL_MS) return;
    lastWarnedMs.set(key, now());
    log.warn(details, message);
  };

  return {
    recordsPerSecond: rate.perSecond,
    scoringHealth: health.now,
    warn: (details, message) => warn(message, details, message),
    incoming(records) {
      metrics.incoming(records);
      rate.add(records);
    },
    scored(records, scored, seconds) {
      countVerdicts(metrics, scored, seconds);
      const { unscored, absent } = scored;
      let shed = 0;
      for (const [reason, { records: without, cause }] of unscored) {
        // What no detector has anything to say of, or was judged before, is no matter of time.
        if (reason === "no-evidence" || reason === "repeated") continue;
        shed += without;
        const details = { records: without, reason, cause: textOf(cause) };
        warn(`unscored ${reason}`, details, "records were passed on unscored");
      }
      for (const [detector, { records: without, cause }] of absent) {
        const details = { detector, records: without, reason: textOf(cause) };
        warn(`absent ${detector}`, details, "a detector was late or broken; the others judged without it");
      }
      health.add(records, shed, new Map([...absent].map(([detector, one]) => [detector, one.records])));
    },
    failed(what, cause) {
      warn(what, { what, reason: textOf(cause) }, "something failed; no record is lost by it");
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
    answered: (request) => traces?.answered(request),
    outcome(outcome, records, transport, thinned) {
      countOutcome(metrics, outcome, { records, thinned }, transport);
      if (outcome.kind !== "accepted") {
        warn(outcome.kind, { records, message: outcome.message }, "the next hop did not take the records");
      }
    },
  };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

function countVerdicts(metrics: Metrics, { judged, unscored, absent }: Scored, seconds: number): void {
  let [onRecords, anomalous] = [0, 0];
  for (const finding of judged.findings) {
    if (!isOnRecord(finding)) continue;
    onRecords += 1;
    anomalous += finding.verdict.isAnomaly ? 1 : 0;
  }
  metrics.scored("anomalous", anomalous);
  metrics.scored("normal", onRecords - anomalous);
  for (const [reason, { records }] of unscored) {
    metrics.scored("unscored", records);
    metrics.unscored(reason, records);
  }
  for (const [detector, { records }] of absent) metrics.detectorAbsent(detector, records);
  // What nothing was asked about took no time, and would make judging look fast.
  if (onRecords > 0) metrics.inferred(seconds);
  for (const _ of judged.anomalies) metrics.explained("model", "ok");
}

function countOutcome(
  metrics: Metrics,
  outcome: ForwardOutcome,
  { records, thinned }: { readonly records: number; readonly thinned: ThinnedCounts | undefined },
  transport: Transport,
): void {
  const sent = records - (thinned?.leftOut ?? 0);
  if (outcome.kind !== "accepted") {
    metrics.refused("next-hop", records);
    metrics.sendFailed(sent);
    return;
  }
  metrics.accepted(transport, records);
  metrics.sent(sent - outcome.rejectedRecords);
  metrics.outgoing(sent);
  if (outcome.rejectedRecords > 0) metrics.sendFailed(outcome.rejectedRecords);
  if (thinned === undefined) return;
  metrics.thinned(records - sent);
  for (const [standing, count] of thinned.standings) metrics.stood(standing, count);
}

const RATE_SECONDS = 10;

function createRate(now: () => number) {
  const startedAtMs = now();
  const seconds = new Map<number, number>();
  const second = () => Math.floor(now() / 1000);
  return {
    add(records: number) {
      seconds.set(second(), (seconds.get(second()) ?? 0) + records);
      for (const key of seconds.keys()) if (Math.abs(key - second()) > RATE_SECONDS) seconds.delete(key);
    },
    perSecond(): number {
      let sum = 0;
      for (const [key, records] of seconds) if (key >= second() - RATE_SECONDS) sum += records;
      return sum / Math.max(1, Math.min(RATE_SECONDS, (now() - startedAtMs) / 1000));
    },
  };
}
