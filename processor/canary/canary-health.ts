import type { CanaryStatus } from "../../store/store.ts";
import type { CanaryGrade } from "./grade.ts";

/** Runs in a row that must have gone badly: one may have met a model that had no time. */
const BAD_RUNS = 2;

/** What people are told of the detector, and what the runs so far say. */
export interface CanaryHealth {
  readonly status: CanaryStatus;
  /** Runs in a row that went badly. */
  readonly badRuns: number;
}

/**
 * Before the first run. A collapse is over when the detector works again, and not because the stage was restarted.
 * @param earlier what the stage told last, before it was restarted
 */
export function beforeRuns(earlier: CanaryStatus | undefined): CanaryHealth {
  const { state, collapsedAtMs, recoveredAtMs } = earlier ?? {};
  return {
    status: { state: state === "collapsed" ? "collapsed" : "waiting", collapsedAtMs, recoveredAtMs },
    badRuns: 0,
  };
}

/**
 * After a run.
 * @param minRecall share of the odd sequences that must be found, 0 to 1
 */
export function afterRun(
  { status, badRuns }: CanaryHealth,
  { odd, found, normal, flagged }: CanaryGrade,
  minRecall: number,
  nowMs: number,
): CanaryHealth {
  const measured = {
    recallRatio: found / Math.max(1, odd),
    falseAlarmRatio: normal === 0 ? undefined : flagged / normal,
    checkedAtMs: nowMs,
  };
  const { state, collapsedAtMs, recoveredAtMs } = status;
  if (measured.recallRatio >= minRecall) {
    const recovered = state === "collapsed" ? nowMs : recoveredAtMs;
    return { status: { state: "well", ...measured, collapsedAtMs, recoveredAtMs: recovered }, badRuns: 0 };
  }
  if (state !== "collapsed" && badRuns + 1 >= BAD_RUNS)
    return {
      status: { state: "collapsed", ...measured, collapsedAtMs: nowMs, recoveredAtMs: undefined },
      badRuns: badRuns + 1,
    };
  return { status: { ...status, ...measured }, badRuns: badRuns + 1 };
}
