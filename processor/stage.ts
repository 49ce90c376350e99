import type { LiveRecord } from "../store/live-record.ts";
import type { Store } from "../store/store.ts";
import type { CanaryConfig } from "./canary/config.ts";
import type { Canaries } from "./canary/create-canaries.ts";
import type { Scorer } from "./create-detectors.ts";
import { createStages } from "./create-stages.ts";
import { createThinner } from "./create-thinner.ts";
import type { TextEncoder } from "./detect/text-encoder.ts";
import { createEnrich } from "./enrich/enrich.ts";
import { createSelfCheck } from "./enrich/self-check.ts";
import { withinLimit } from "./enrich/within-limit.ts";
import { createBreathe } from "./flow/breathe.ts";
import { inTime } from "./flow/in-time.ts";
import { createLane } from "./flow/lane.ts";
import { canConnect } from "./forward/can-connect.ts";
import type { ForwardConfig } from "./forward/config.ts";
import { createForwarder } from "./forward/create-forwarder.ts";
import { createForwardMonitor, type ForwardMonitor } from "./forward/forward-monitor.ts";
import { isKafkaEndpoint } from "./forward/kafka/kafka-endpoint.ts";
import { transactionalHopOf } from "./forward/kafka/transactional-hop.ts";
import { maxMessageBytes } from "./forward/max-message-bytes.ts";
import { type Memory, openMemory } from "./memory/create-memory.ts";
import { createMembers } from "./memory/members.ts";
import type { Periodic } from "./periodic.ts";
import { isOutcome, processRequest, type Stages } from "./pipeline.ts";
import type { TrainingConfig } from "./promote/config.ts";
import type { Learning } from "./promote/create-learning.ts";
import type { ReceiveConfig } from "./receive/config.ts";
import { createRetryMemory } from "./receive/retries.ts";
import { type Receivers, startReceivers } from "./receive/start-receivers.ts";
import { createRequestRedactor } from "./redact/redact-request.ts";
import type { RememberConfig } from "./remember/config.ts";
import { createLiveTail } from "./remember/live-tail.ts";
import { createRememberer, type Rememberer } from "./remember/remember.ts";
import { createRooms, type Rooms, type RoomsConfig } from "./rooms.ts";
import { scoreRecords } from "./score-records.ts";
import { followSettings } from "./settings.ts";
import { createStageCanaries } from "./stage-canaries.ts";
import { createStageObserver, type StageObserver } from "./stage-observer.ts";
import { observeGauges, statusOf, tellNamesake, thresholdsOf } from "./stage-report.ts";
import { startTimers } from "./stage-timers.ts";
import { watchEventLoop } from "./telemetry/event-loop-delay.ts";
import type { Log } from "./telemetry/log.ts";
import type { Metrics } from "./telemetry/metrics.ts";
import type { Traces } from "./telemetry/traces.ts";
import type { SamplingConfig } from "./thin/config.ts";
import { samplingKeys } from "./thin/marks.ts";
import { createRepeats } from "./window/repeats.ts";

/** The slices of the configuration that a stage needs. */
export interface StageConfig extends RoomsConfig {
  readonly receive: ReceiveConfig;
  readonly forward: ForwardConfig;
  readonly sampling: SamplingConfig;
  readonly remember: RememberConfig;
  readonly training: TrainingConfig;
  readonly canary: CanaryConfig;
}

/** What a stage is handed. */
export interface StagePorts {
  readonly store: Store;
  readonly scorer: Scorer;
  /** Where the vectors of the scorer's tables come from; whichever model is the scorer. */
  readonly encoder: TextEncoder;
  readonly metrics: Metrics;
  /** Undefined: slow requests are not traced. */
  readonly traces?: Pick<Traces, "answered">;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new ULID; sorts by time. */
  readonly newId: () => string;
  /** The name of this stage among those that share the store. */
  readonly instance: string;
  /** The program's version, for the status. */
  readonly version: string;
  /** What goes on in the background: recording, training, other weights. */
  readonly learning: Learning;
  /** Shows records to live views; must not wait. Undefined while nobody looks. */
  readonly live: () => ((records: readonly LiveRecord[]) => void) | undefined;
}

/** A running stage. */
export interface Stage {
  /** host:port of each transport, really bound; undefined for one that is switched off. */
  readonly grpcAddress: string | undefined;
  readonly httpAddress: string | undefined;
  /** Stops accepting, finishes what is in flight, saves what was learned. */
  stop(): Promise<void>;
}

/** Builds the rooms, gives them back what they knew, and opens the doors. Rejects when a door or the store cannot be opened. */
export async function startStage(config: StageConfig, ports: StagePorts): Promise<Stage> {
  const { store, log, metrics, now } = ports;
  const observer = createStageObserver(metrics, log, now, ports.traces);
  const forwarder = watchedForwarder(config.forward, observer);
  const [{ rooms, memory }] = await Promise.all([furnish(config, ports, observer), forwarder.look()]);
  const settings = await followSettings(store, rooms.judge, log);
  const canaries = await createStageCanaries(config, { ...ports, rooms, observer });
  let receivers: Receivers | undefined;
  const isKafkaReachable = () => receivers?.isKafkaReachable;
  const rememberer = createRememberer(config.remember, {
    store,
    redactor: rooms.redactor,
    explain: rooms.explain,
    newId: ports.newId,
    now,
    explainTokens: rooms.explainTokens,
    learningState: (service) => rooms.judge.service(service)?.state ?? "learning",
    thresholds: () => thresholdsOf(rooms.judge).filter(({ service }) => !memory.isElsewhere(service)),
    status: statusOf({ ...ports, config, rooms, observer, canaries, forward: forwarder, isKafkaReachable }),
    onDropped: metrics.rememberDropped,
    onNamesake: () => tellNamesake(ports),
    onNewsLeftOut: metrics.newsLeftOut,
  });
  const stages = createStages(rooms, {
    lane: createLane(config.detect.max_records_in_work),
    ...createWriting(config, rooms, observer, metrics),
    forwarder,
    retries: createRetryMemory({
      now: () => performance.now(),
      isSettled: isOutcome,
      ...config.receive.retry_memory,
    }),
    repeats: createRepeats(),
    show: createShowing(ports, rooms, observer),
    remember: rememberer.remember,
    ...memory,
    record: recordFor(ports.learning, canaries, memory),
    scoringBudgetMs: config.detect.scoring_budget_ms,
    observer,
    now,
    newId: ports.newId,
  });
  receivers = await openDoors(config, stages, observer, ports);
  const parts = {
    ...ports,
    config,
    rooms,
    rememberer,
    memory,
    members: createMembers(ports.store, ports.instance, () => performance.now()),
    settings,
    stages,
    receivers,
    canaries,
    forwarder,
  };
  observeGauges(parts);
  const stopWatching = watchEventLoop(metrics.eventLoopDelay);
  const lastSave = new AbortController();
  const timers = startTimers({ ...parts, savingUntil: lastSave.signal });
  return {
    grpcAddress: receivers.grpcAddress,
    httpAddress: receivers.httpAddress,
    stop: () => stopStage(config, { ...parts, timers, lastSave, stopWatching }, ports),
  };
}

function openDoors(
  { receive, forward }: StageConfig,
  stages: Stages,
  observer: StageObserver,
  { metrics, log, now }: StagePorts,
): Promise<Receivers> {
  return startReceivers(receive, {
    consume: (bytes, signal, transport, metadata) =>
      processRequest({ bytes, transport, metadata }, stages, signal),
    score: (bytes, signal) => scoreRecords(bytes, stages, signal),
    now,
    metadataKeys: forward.metadata_keys,
    keepsMessageKeys: isKafkaEndpoint(forward.endpoint),
    transactionalHop:
      receive.kafka.delivery === "exactly_once" ? transactionalHopOf(forward, observer.warn) : undefined,
    // A request that is refused unread counts as one record; what the next hop refuses is counted by its records.
    observer: {
      refused: (reason) => (reason === "next-hop" ? undefined : metrics.refused(reason, 1)),
      connectionRefused: metrics.connectionRefused,
    },
    warn: observer.warn,
    onError: (error) => log.error({ reason: String(error) }, "a request could not be processed"),
  });
}

function createShowing({ live }: StagePorts, { redactor }: Rooms, observer: StageObserver): Stages["show"] {
  return createLiveTail({
    live,
    redactor,
    now: () => performance.now(),
    later: setImmediate,
    onError: (cause) => observer.failed("showing records", cause),
  });
}

function watchedForwarder(config: ForwardConfig, { warn }: StageObserver): ForwardMonitor {
  return createForwardMonitor(
    createForwarder(config, warn),
    config.endpoint === "" ? "sink" : "unknown",
    () => canConnect(config),
  );
}

/** What was learned from is what training and the canaries are made of, and is to be saved. */
function recordFor(
  learning: Learning,
  canaries: Canaries,
  memory: Pick<Memory, "learned">,
): Stages["record"] {
  return (windows, findings) => {
    memory.learned(windows);
    learning.record(windows, findings);
    canaries.record(windows, findings);
  };
}

/** Thins out where it shall, enriches, within what the next hop takes, checks itself now and then, and redacts where it shall. */
function createWriting(
  config: StageConfig,
  { redactor, judge }: Rooms,
  observer: StageObserver,
  { decidedEarly: onEarly, contextMissed: onMissed }: Metrics,
): Pick<Stages, "thinner" | "enrich" | "protect"> {
  const { attributes, forward, redact, sampling } = config;
  const bytesMax = maxMessageBytes(forward);
  const enrich = createEnrich(attributes.prefix);
  const checked = createSelfCheck({
    prefix: attributes.prefix,
    otherKeys: samplingKeys(sampling),
    share: attributes.self_check_share,
    random: Math.random,
    onChecked: observer.selfChecked,
    onMismatch: observer.altered,
  });
  return {
    thinner: createThinner(config, { judge, onEarly, onMissed }),
    enrich: (request, judged, thinned) =>
      checked(request, withinLimit(request, enrich(request, judged, thinned), bytesMax), thinned?.leftOut),
    protect: redact.forward ? createRequestRedactor(redactor) : async (bytes) => bytes,
  };
}

/** The rooms with everything that they knew before the last stop. */
function furnish(
  config: StageConfig,
  ports: StagePorts,
  observer: StageObserver,
): Promise<{ readonly rooms: Rooms; readonly memory: Memory }> {
  const { metrics, log } = ports;
  return openMemory(
    {
      ...ports,
      servicesMax: Math.max(config.calibrate.max_services, config.detect.max_services),
      breathe: createBreathe(),
      onUnusable: (name, cause) =>
        log.warn({ name, reason: String(cause) }, "a saved state could not be read: that part starts empty"),
      onFailure: observer.failed,
      elapsed: () => performance.now(),
    },
    (minerSnapshot) =>
      createRooms(config, {
        ...ports,
        minerSnapshot,
        onRedaction: (kind) => metrics.redacted(kind, 1),
        onSkipped: metrics.modelSkipped,
        onSessionsSkipped: metrics.sessionsSkipped,
        onNewsLeftOut: metrics.newsLeftOut,
      }),
  );
}

interface Running {
  readonly receivers: Receivers;
  readonly timers: readonly Periodic[];
  readonly stages: Stages;
  readonly rememberer: Rememberer;
  readonly memory: Memory;
  /** Aborted when the last state is going to be saved. */
  readonly lastSave: AbortController;
  /** Ends the watch on the event loop. */
  readonly stopWatching: () => void;
}

/** For the doors to close what they have cut. */
const CUT_MS = 5_000;

async function stopStage(
  { receive }: StageConfig,
  { receivers, timers, stages, rememberer, memory, lastSave, stopWatching }: Running,
  { log, learning }: StagePorts,
): Promise<void> {
  const step = (what: string, work: Parameters<typeof inTime>[0], stepMsMax?: number) =>
    inTime(
      work,
      (reason) => log.error({ reason: String(reason) }, `${what} could not be finished`),
      stepMsMax,
    );
  stages.thinner?.thinning.stop();
  await step("requests on their way", receivers.stop(), receive.drain_timeout_ms + CUT_MS);
  await step("learning", stages.lane.drained());
  // Everything is saved at the end: a save in progress need not come to its own.
  lastSave.abort();
  await step("what is done at intervals", Promise.all(timers.map((timer) => timer.stop())));
  await step("the connection to the next hop", stages.forwarder.close());
  await step("writing findings", rememberer.finish());
  await step("saving what was learned", (goesOn) =>
    memory.save({ learned: stages.lane.drained, afterSlice: goesOn, isLast: true }),
  );
  await step("recording for training", learning.stop());
  stopWatching();
}
