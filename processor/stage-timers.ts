import type { Retention, Store } from "../store/store.ts";
import type { CanaryConfig } from "./canary/config.ts";
import type { Canaries } from "./canary/create-canaries.ts";
import type { ForwardMonitor } from "./forward/forward-monitor.ts";
import type { Memory } from "./memory/create-memory.ts";
import type { Members } from "./memory/members.ts";
import { type Periodic, periodically } from "./periodic.ts";
import type { Stages } from "./pipeline.ts";
import type { TrainingConfig } from "./promote/config.ts";
import type { Learning } from "./promote/create-learning.ts";
import type { RememberConfig } from "./remember/config.ts";
import type { Rememberer } from "./remember/remember.ts";
import type { Settings } from "./settings.ts";
import type { Log } from "./telemetry/log.ts";
import { processAbsences, processIdle } from "./what-is-missing.ts";

const SETTINGS_INTERVAL_MS = 1_000;
const TRAINING_INTERVAL_MS = 1_000;
const MEMBERS_INTERVAL_MS = 2_000;
/** Templates that two stages find meanwhile are found twice. */
const MEMORY_INTERVAL_MS = 500;
const ABSENCE_INTERVAL_MS = 1_000;
/** Sessions that end together are work together, for which requests wait: so they are looked for often. */
const IDLE_INTERVAL_MS = 200;
/** Probes are asked for about as often. */
const REACH_INTERVAL_MS = 2_000;
const EXPIRY_INTERVAL_MS = 600_000;
const DAY_MS = 86_400_000;

/** What the stage does besides requests. */
export interface TimedWork {
  readonly config: {
    readonly remember: RememberConfig;
    readonly training: TrainingConfig;
    readonly canary: CanaryConfig;
  };
  readonly store: Store;
  readonly log: Log;
  readonly now: () => number;
  readonly stages: Stages;
  readonly rememberer: Rememberer;
  readonly memory: Memory;
  readonly members: Members;
  readonly settings: Settings;
  readonly learning: Learning;
  readonly canaries: Canaries;
  readonly forwarder: Pick<ForwardMonitor, "look">;
  /** Once aborted, no state is written any more that was not written before. */
  readonly savingUntil: AbortSignal;
}

/** Writes findings down, saves what was learned, judges silence, follows what people ask for, tries
 * the detector, and deletes what is too old. */
export function startTimers(work: TimedWork): readonly Periodic[] {
  const { config, store, log, now, stages, rememberer, memory, settings, learning, canaries } = work;
  const every = (intervalMs: number, what: string, task: () => Promise<void>) =>
    periodically(intervalMs, task, (error) =>
      log.warn({ reason: String(error) }, `${what} failed; it is tried again`),
    );
  const writing = every(config.remember.flush_interval_ms, "writing findings", () => rememberer.flush());
  // The first heartbeat: who waits until the stage is ready waits no interval longer.
  writing.now();
  return [
    writing,
    every(config.remember.snapshot_interval_ms, "saving what was learned", () =>
      memory.save({ learned: stages.lane.drained, signal: work.savingUntil }),
    ),
    every(MEMBERS_INTERVAL_MS, "looking for other stages", async () => {
      if (await work.members.haveChanged()) await stages.lane.inTurn(async () => stages.windower.unsettle());
    }),
    every(MEMORY_INTERVAL_MS, "following what other stages learn", () => memory.follow()),
    every(ABSENCE_INTERVAL_MS, "judging silence", () => processAbsences(now, stages)),
    every(IDLE_INTERVAL_MS, "judging sessions that fell silent", () => processIdle(now(), stages)),
    every(SETTINGS_INTERVAL_MS, "reading thresholds", () => settings.follow()),
    every(TRAINING_INTERVAL_MS, "following training", () => learning.follow()),
    every(REACH_INTERVAL_MS, "looking for the next hop", () => work.forwarder.look()),
    every(config.training.flush_interval_ms, "recording for training", () => learning.flush()),
    every(EXPIRY_INTERVAL_MS, "deleting what is too old", () =>
      store.expire(retentionOf(config.remember, now())),
    ),
    ...(config.canary.interval_ms === 0
      ? []
      : [every(config.canary.interval_ms, "trying the detector", () => canaries.run())]),
  ];
}

/** Days may be fractions; times are whole milliseconds. */
export function retentionOf(config: RememberConfig, nowMs: number): Retention {
  const { retention_days: days, labelled_retention_days: labelledDays, max_samples: samplesMax } = config;
  return {
    beforeMs: Math.floor(nowMs - days * DAY_MS),
    labelledBeforeMs: Math.floor(nowMs - Math.max(days, labelledDays) * DAY_MS),
    samplesMax,
  };
}
