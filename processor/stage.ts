import type { StageStatus, Store } from "../store/store.ts";
import type { EventScorer } from "./detect/event-scorer.ts";
import { enrich } from "./enrich/enrich.ts";
import { nameAnomalies } from "./enrich/name-anomalies.ts";
import type { ForwardConfig } from "./forward/config.ts";
import { createForwarder } from "./forward/create-forwarder.ts";
import { createForwardMonitor } from "./forward/forward-monitor.ts";
import { parseRecords } from "./parse-records.ts";
import { type Periodic, periodically } from "./periodic.ts";
import { processRequest, processSilence, type Stages } from "./pipeline.ts";
import type { ReceiveConfig } from "./receive/config.ts";
import { createRetryMemory } from "./receive/retries.ts";
import { type Receivers, startReceivers } from "./receive/start-receivers.ts";
import type { RememberConfig } from "./remember/config.ts";
import { createRememberer, type Rememberer } from "./remember/remember.ts";
import { createRooms, type Rooms, type RoomsConfig } from "./rooms.ts";
import { loadMinerSnapshot, restoreStates, saveSnapshots } from "./snapshots.ts";
import { createStageObserver, type StageObserver } from "./stage-observer.ts";
import type { Log } from "./telemetry/log.ts";
import type { Metrics } from "./telemetry/metrics.ts";
import { readRequest } from "./wire/read-request.ts";

/** The slices of the configuration that a stage needs. */
export interface StageConfig extends RoomsConfig {
  readonly receive: ReceiveConfig;
  readonly forward: ForwardConfig;
  readonly remember: RememberConfig;
}

/** What a stage is handed. */
export interface StagePorts {
  readonly store: Store;
  readonly scorer: EventScorer;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new ULID; sorts by time. */
  readonly newId: () => string;
  /** The program's version, for the status. */
  readonly version: string;
}

/** A running stage. */
export interface Stage {
  /** host:port of each transport, really bound; undefined for one that is switched off. */
  readonly grpcAddress: string | undefined;
  readonly httpAddress: string | undefined;
  /** Stops accepting, finishes what is in flight, saves what was learned. */
  stop(): Promise<void>;
}

const SETTINGS_INTERVAL_MS = 1_000;
const SILENCE_INTERVAL_MS = 1_000;
const EXPIRY_INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Builds the rooms, gives them back what they knew, and opens the doors. */
export async function startStage(config: StageConfig, ports: StagePorts): Promise<Stage> {
  const { store, log, metrics, now } = ports;
  const onUnusable = (name: string, cause: unknown) =>
    log.warn({ name, reason: String(cause) }, "a saved state could not be read: that part starts empty");
  const minerSnapshot = await loadMinerSnapshot(store, onUnusable);
  const rooms = createRooms(config, { scorer: ports.scorer, now, minerSnapshot });
  await restoreStates(store, rooms, onUnusable);
  await applySettings(store, rooms);

  const observer = createStageObserver(metrics, log, now);
  const forwarder = createForwardMonitor(createForwarder(config.forward));
  const status = statusOf(config, ports, observer, forwarder.state);
  const rememberer = createRememberer(config.remember, {
    store,
    redact: rooms.redact,
    learningState: (service) => rooms.judge.service(service)?.state ?? "learning",
    thresholds: () => rooms.judge.services().map(({ service, threshold }) => ({ service, value: threshold })),
    status,
    onDropped: metrics.rememberDropped,
  });
  const stages: Stages = {
    read: readRequest,
    parse: (request) => parseRecords(request, { ...rooms, now }),
    windower: rooms.windower,
    detectors: rooms.detectors,
    judge: rooms.judge,
    name: (findings) => nameAnomalies(findings, rooms.explain, ports.newId),
    enrich: (request, judged) => enrich(request, judged, config.attributes.prefix),
    forwarder,
    retries: createRetryMemory({ now, ...config.receive.retry_memory }),
    remember: rememberer.remember,
    scoringBudgetMs: config.detect.scoring_budget_ms,
    observer,
  };
  observeGauges(metrics, rooms, rememberer, ports.scorer);
  const receivers = await startReceivers(config.receive, {
    consume: (bytes, signal) => processRequest(bytes, stages, signal),
    metrics,
  });
  const timers = startTimers(config, ports, rooms, stages, rememberer);
  return {
    grpcAddress: receivers.grpcAddress,
    httpAddress: receivers.httpAddress,
    stop: () => stopStage({ receivers, timers, stages, rooms, rememberer }, ports),
  };
}

/** What people set in the API takes effect here. */
async function applySettings(store: Store, { judge }: Rooms): Promise<void> {
  const thresholds = await store.thresholds();
  judge.applyThresholds(new Map(thresholds.map((threshold) => [threshold.service, threshold])));
}

function statusOf(
  config: StageConfig,
  { version, scorer, now }: StagePorts,
  observer: StageObserver,
  forwardState: () => StageStatus["forwardState"],
): () => StageStatus {
  const startedAtMs = now();
  return () => ({
    version,
    modelVersion: scorer.version,
    startedAtMs,
    updatedAtMs: now(),
    recordsPerSecond: observer.recordsPerSecond(),
    forwardEndpoint: config.forward.endpoint || undefined,
    forwardState: forwardState(),
  });
}

function observeGauges(metrics: Metrics, rooms: Rooms, rememberer: Rememberer, scorer: EventScorer): void {
  metrics.observe({
    templatesActive: () => rooms.miner.templatesActive,
    templatesEvicted: () => rooms.miner.templatesEvicted,
    thresholds: () => rooms.judge.services().map(({ service, threshold }) => ({ service, value: threshold })),
    falseAlarmRates: () => rooms.judge.falseAlarmRates(),
    modelVersion: () => scorer.version,
    rememberQueueRows: () => rememberer.queuedAnomalies,
  });
}

function startTimers(
  config: StageConfig,
  { store, log, now }: StagePorts,
  rooms: Rooms,
  stages: Stages,
  rememberer: Rememberer,
): readonly Periodic[] {
  const every = (intervalMs: number, what: string, task: () => Promise<void>) =>
    periodically(intervalMs, task, (error) =>
      log.warn({ reason: String(error) }, `${what} failed; it is tried again`),
    );
  let changes = -1;
  return [
    every(config.remember.flush_interval_ms, "writing findings", () => rememberer.flush()),
    every(config.remember.snapshot_interval_ms, "saving what was learned", () =>
      saveSnapshots(store, rooms, now()),
    ),
    every(SILENCE_INTERVAL_MS, "judging silent sessions", () =>
      processSilence(now(), stages, AbortSignal.timeout(stages.scoringBudgetMs)),
    ),
    every(SETTINGS_INTERVAL_MS, "reading thresholds", async () => {
      const counter = await store.changeCounter();
      if (counter !== changes) await applySettings(store, rooms);
      changes = counter;
    }),
    every(EXPIRY_INTERVAL_MS, "deleting what is too old", () =>
      store.expire(now() - config.remember.retention_days * DAY_MS),
    ),
  ];
}

interface Running {
  readonly receivers: Receivers;
  readonly timers: readonly Periodic[];
  readonly stages: Stages;
  readonly rooms: Rooms;
  readonly rememberer: Rememberer;
}

async function stopStage(
  { receivers, timers, stages, rooms, rememberer }: Running,
  ports: StagePorts,
): Promise<void> {
  await receivers.stop();
  await Promise.all(timers.map((timer) => timer.stop()));
  await stages.forwarder.close();
  try {
    await rememberer.flush();
    await saveSnapshots(ports.store, rooms, ports.now());
  } catch (error) {
    ports.log.error({ reason: String(error) }, "what was learned since the last save could not be written");
  }
}
