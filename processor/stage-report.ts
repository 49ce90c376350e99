import type { StageStatus } from "../store/store.ts";
import type { ServiceJudge } from "./calibrate/create-judge.ts";
import type { Canaries } from "./canary/create-canaries.ts";
import type { ForwardConfig } from "./forward/config.ts";
import type { ForwardMonitor } from "./forward/forward-monitor.ts";
import { shownEndpoint } from "./forward/target.ts";
import type { Stages } from "./pipeline.ts";
import type { Receivers } from "./receive/start-receivers.ts";
import type { Rememberer } from "./remember/remember.ts";
import type { Rooms } from "./rooms.ts";
import type { Settings } from "./settings.ts";
import type { StageObserver } from "./stage-observer.ts";
import type { Log } from "./telemetry/log.ts";
import type { Metrics } from "./telemetry/metrics.ts";

/** Thresholds in force, by service. */
export function thresholdsOf(
  judge: Pick<ServiceJudge, "services">,
): readonly { readonly service: string; readonly value: number }[] {
  return judge.services().map(({ service, threshold }) => ({ service, value: threshold }));
}

/** What the heartbeat is made of. */
export interface StatusSources {
  readonly config: { readonly forward: Pick<ForwardConfig, "endpoint"> };
  readonly instance: string;
  readonly version: string;
  readonly scorer: { readonly version: string };
  readonly rooms: Pick<Rooms, "judge">;
  readonly observer: Pick<StageObserver, "recordsPerSecond" | "scoringHealth">;
  readonly canaries: Pick<Canaries, "status">;
  readonly forward: Pick<ForwardMonitor, "state" | "isReachable">;
  /** Undefined where nothing is read from Kafka. */
  readonly isKafkaReachable: () => boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the stage says of itself, from now on. */
export function statusOf(sources: StatusSources): () => StageStatus {
  const { config, instance, version, scorer, rooms, observer, canaries, forward, isKafkaReachable, now } =
    sources;
  const startedAtMs = now();
  return () => {
    const { labels, detectorWeights } = rooms.judge.feedback();
    return {
      instance,
      version,
      modelVersion: scorer.version,
      startedAtMs,
      updatedAtMs: now(),
      recordsPerSecond: observer.recordsPerSecond(),
      labels,
      detectorWeights,
      scoring: observer.scoringHealth(),
      canary: canaries.status(),
      forwardEndpoint: shownEndpoint(config.forward.endpoint) || undefined,
      forwardState: forward.state(),
      isForwardReachable: forward.isReachable(),
      isKafkaReachable: isKafkaReachable(),
    };
  };
}

/** Says what to do where another stage has this one's name. */
export function tellNamesake({ log, instance }: { readonly log: Log; readonly instance: string }): void {
  log.error(
    { instance },
    "another stage writes into the database under this one's name: give each its own store.instance (LOGBERT_INSTANCE); a SQLite file is for one stage",
  );
}

/** What is read when somebody scrapes. */
export interface GaugeParts {
  readonly metrics: Pick<Metrics, "observe">;
  readonly scorer: { readonly version: string };
  readonly rooms: Pick<Rooms, "miner" | "judge">;
  readonly rememberer: Pick<Rememberer, "queuedAnomalies">;
  readonly settings: Pick<Settings, "feedback">;
  readonly stages: Pick<Stages, "lane" | "retries" | "thinner">;
  readonly receivers: Pick<Receivers, "bytesInFlight">;
  readonly canaries: Pick<Canaries, "status">;
}

export function observeGauges(parts: GaugeParts): void {
  const { metrics, scorer, rooms, rememberer, settings, stages, receivers, canaries } = parts;
  metrics.observe({
    templatesActive: () => rooms.miner.templatesActive,
    templatesEvicted: () => rooms.miner.templatesEvicted,
    thresholds: () => thresholdsOf(rooms.judge),
    falseAlarmRates: () => rooms.judge.falseAlarmRates(),
    feedback: () => settings.feedback(),
    modelVersion: () => scorer.version,
    rememberQueueRows: () => rememberer.queuedAnomalies,
    recordsInWork: () => stages.lane.recordsInWork,
    bytesInFlight: () => receivers.bytesInFlight,
    retryMemoryBytes: () => stages.retries.bytes,
    samplingHeldBytes: () => stages.thinner?.thinning.heldBytes ?? 0,
    canaries: canaries.status,
  });
}
