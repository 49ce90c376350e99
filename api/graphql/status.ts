import type { StageStatus } from "../../store/store.ts";
import { isHeard, runningStages } from "../stages.ts";
import type { Context } from "./context.ts";

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

const FORWARDING = ["refusing", "retrying", "unknown", "ok", "sink"];
const SCORING = ["shedding", "degraded", "scoring"];
const CANARY = ["collapsed", "waiting", "well", "off"];

/** The one whose state comes first in a list; one without a state comes last, of several the first. */
function worst(
  stages: readonly [StageStatus, ...StageStatus[]],
  states: readonly string[],
  stateOf: (stage: StageStatus) => string | undefined,
): StageStatus {
  const gravity = (stage: StageStatus) => {
    const at = states.indexOf(stateOf(stage) ?? "");
    return at === -1 ? states.length : at;
  };
  return stages.reduce((a, b) => (gravity(b) < gravity(a) ? b : a));
}

/** What a stage says of itself; what it said of the moment is over once it has fallen silent. */
function stageOf(stage: StageStatus, nowMs: number) {
  const isRunning = isHeard(stage, nowMs);
  const { instance, version, modelVersion, startedAtMs, updatedAtMs, recordsPerSecond, forwardState } = stage;
  return {
    instance,
    version,
    model: modelVersion,
    isRunning,
    uptimeSeconds: (updatedAtMs - startedAtMs) / 1000,
    lastHeardAt: updatedAtMs,
    recordsPerSecond: isRunning ? recordsPerSecond : 0,
    forwardState: forwardState.toUpperCase(),
    scoring: isRunning ? scoringOf(stage).scoring : UNHEARD.scoring,
    canaryState: isRunning ? canaryOf(stage).state : UNTRIED.state,
  };
}

/** Query.status: the stages' last heartbeats. */
export const status = {
  Query: {
    async status(_: unknown, __: unknown, { store, now, version, instance }: Context) {
      const statuses = await store.statuses();
      const nowMs = now();
      const [first, ...others] = runningStages(statuses, nowMs);
      if (first === undefined)
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
          stages: [],
        };
      const running = [first, ...others] as const;
      const own = running.find((one) => one.instance === instance) ?? first;
      const isStale = !isHeard(first, nowMs);
      return {
        version: own.version,
        model: own.modelVersion,
        uptimeSeconds: (own.updatedAtMs - own.startedAtMs) / 1000,
        recordsPerSecond: isStale ? 0 : running.reduce((sum, one) => sum + one.recordsPerSecond, 0),
        forwardEndpoint: own.forwardEndpoint ?? null,
        forwardState: worst(running, FORWARDING, (one) => one.forwardState).forwardState.toUpperCase(),
        ...(isStale ? UNHEARD : scoringOf(worst(running, SCORING, (one) => one.scoring?.state))),
        canary: isStale ? UNTRIED : canaryOf(worst(running, CANARY, (one) => one.canary?.state)),
        labels: own.labels ?? 0,
        detectorWeights: own.detectorWeights ?? [],
        database: isStale ? "stale" : "ok",
        stages: statuses.map((one) => stageOf(one, nowMs)),
      };
    },
  },
};
