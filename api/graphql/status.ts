import type { StageStatus } from "../../store/store.ts";
import type { Context } from "./context.ts";

/** A stage that has not been heard of for this long is not running, or cannot write. */
export const STALE_AFTER_MS = 15_000;

const UNHEARD = { scoring: "UNKNOWN", unscoredRatio: 0, degradedRatio: 0 };

function scoringOf({ scoring }: StageStatus) {
  if (scoring === undefined) return UNHEARD;
  const { state, unscoredRatio, degradedRatio } = scoring;
  return { scoring: state.toUpperCase(), unscoredRatio, degradedRatio };
}

const UNTRIED = {
  state: "UNKNOWN",
  recallRatio: null,
  requiredRatio: null,
  falseAlarmRatio: null,
  checkedAt: null,
  collapsedAt: null,
};

function canaryOf({ canary }: StageStatus) {
  if (canary === undefined) return UNTRIED;
  const { state, recallRatio, requiredRatio, falseAlarmRatio, checkedAtMs, collapsedAtMs } = canary;
  return {
    state: state.toUpperCase(),
    recallRatio: recallRatio ?? null,
    requiredRatio: requiredRatio ?? null,
    falseAlarmRatio: falseAlarmRatio ?? null,
    checkedAt: checkedAtMs ?? null,
    collapsedAt: state === "collapsed" ? (collapsedAtMs ?? null) : null,
  };
}

/** Query.status: the stage's last heartbeat. */
export const status = {
  Query: {
    async status(_: unknown, __: unknown, { store, now, version }: Context) {
      const stage = await store.status();
      if (stage === undefined)
        return {
          version,
          model: "starting",
          uptimeSeconds: 0,
          recordsPerSecond: 0,
          forwardEndpoint: null,
          forwardState: "UNKNOWN",
          ...UNHEARD,
          canary: UNTRIED,
          labels: 0,
          detectorWeights: [],
          database: "ok",
        };
      const isStale = now() - stage.updatedAtMs > STALE_AFTER_MS;
      return {
        version: stage.version,
        model: stage.modelVersion,
        uptimeSeconds: (stage.updatedAtMs - stage.startedAtMs) / 1000,
        recordsPerSecond: isStale ? 0 : stage.recordsPerSecond,
        forwardEndpoint: stage.forwardEndpoint ?? null,
        forwardState: stage.forwardState.toUpperCase(),
        ...(isStale ? UNHEARD : scoringOf(stage)),
        canary: isStale ? UNTRIED : canaryOf(stage),
        labels: stage.labels ?? 0,
        detectorWeights: stage.detectorWeights ?? [],
        database: isStale ? "stale" : "ok",
      };
    },
  },
};
