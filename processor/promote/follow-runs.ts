import type { TrainingRun } from "../../store/training.ts";
import type { LearningOptions, LearningPorts } from "./learning-ports.ts";
import { clearShelf } from "./promote.ts";
import { carryOut, clearWork } from "./training-run.ts";
import type { InTurn } from "./turns.ts";

/** Who has not been heard of for so long is thought to be gone. Who carries a run out is heard of every two seconds. */
const GONE_MS = 15_000;
/** After so long without a look nothing is known of what was heard before: the database was away, for everybody, or this stage was halted. */
const LOOK_MS_MAX = GONE_MS / 2;

/** Carries runs out that are asked for, one stage each. */
export interface RunFollower {
  /** Begins the open run where it is this stage's turn. Answers false where it could not look: it still ends another one. Rejects with the store's error. */
  follow(): Promise<boolean>;
  /** Whether a run is open that this stage may have to begin later. */
  isWatching(): boolean;
  /** Puts a run in progress back into the queue. */
  stop(): Promise<void>;
}

/** What another stage has last been heard of by, and when, by the clock of this one: no clock of another machine matters. */
interface Seen {
  readonly revision: number;
  readonly atMs: number;
  readonly lastLookMs: number;
}

export function createRunFollower(
  ports: LearningPorts,
  inTurn: InTurn,
  { durationMsMax, keepModels }: LearningOptions,
): RunFollower {
  const { store, scorer, log, now, elapsed, holder, isShared } = ports;
  const stopping = new AbortController();
  let seen: Seen | undefined;
  let isWatching = false;
  let running: Promise<void> | undefined;

  const begin = (run: TrainingRun) => {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort("it took longer than training.max_duration_ms"),
      durationMsMax,
    );
    running = carryOut(run, { ...ports, inTurn }, { limit: limit.signal, stopping: stopping.signal })
      .then(() => inTurn(() => clearShelf(ports, keepModels)))
      .catch((error: unknown) => log.error({ reason: String(error) }, "a training could not be written down"))
      .finally(() => {
        clearTimeout(timer);
        running = undefined;
      });
  };
  /** The revision of a run whose holder is gone; undefined while it may live. */
  const deadRevision = (revision: number) => {
    const nowMs = elapsed();
    const isFollowed = seen?.revision === revision && nowMs - seen.lastLookMs <= LOOK_MS_MAX;
    seen = { revision, atMs: isFollowed ? (seen?.atMs ?? nowMs) : nowMs, lastLookMs: nowMs };
    return nowMs - seen.atMs >= GONE_MS ? revision : undefined;
  };
  return {
    async follow() {
      if (running !== undefined || stopping.signal.aborted) return false;
      const turn = await store.trainingTurn();
      isWatching = turn !== undefined;
      if (turn === undefined) return true;
      const dead = turn.isQueued ? undefined : deadRevision(turn.revision);
      if (!turn.isQueued && dead === undefined) return true;
      // Weights are compared with those in use, which are another stage's where this one cannot load them.
      if ((await store.activeModel())?.version !== scorer.version) return true;
      // Who cannot clear its disk leaves the run to others; where there are none, the run says why.
      await clearWork(ports).catch((error: unknown) => {
        if (isShared) throw error;
      });
      const run = await store.claimTraining({ holder, deadRevision: dead }, now());
      if (run !== undefined) begin(run);
      return true;
    },
    isWatching: () => isWatching,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
