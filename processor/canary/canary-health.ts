import type { CanaryStatus } from "../../store/store.ts";
import type { CanaryGrade } from "./grade.ts";
import type { RequiredRecall } from "./usual-recall.ts";

/** Runs in a row that must have gone badly: one may have been bad luck. */
const BAD_RUNS = 2;
/** Runs in a row that must have gone well before a collapse is over. */
const GOOD_RUNS = 3;
/** Runs in a row that came to nothing, after which what was measured before says nothing any more. */
const MISSED_RUNS = 5;

/** What people are told of the detector, and what the runs so far say. */
export interface CanaryHealth {
  readonly status: CanaryStatus;
  /** Runs in a row that went badly, that went well in a collapse, or that came to nothing; two of them are 0. */
  readonly badRuns: number;
  readonly goodRuns: number;
  readonly missedRuns: number;
}

const NO_RUNS = { badRuns: 0, goodRuns: 0, missedRuns: 0 };

/**
 * Before the first run. A collapse is over when the detector works again, and not because the stage was restarted; other weights are
 * tried before anything is said of them.
 * @param earlier what the stage told last, before it was restarted
 * @param hasOtherWeights whether it told that of other weights
 */
export function beforeRuns(earlier: CanaryStatus | undefined, hasOtherWeights: boolean): CanaryHealth {
  const { state, recallRatio, requiredRatio, collapsedAtMs, recoveredAtMs } = earlier ?? {};
  const status: CanaryStatus =
    state === "collapsed" && !hasOtherWeights
      ? { state, recallRatio, requiredRatio, collapsedAtMs }
      : { state: "waiting", collapsedAtMs, recoveredAtMs };
  return { status, ...NO_RUNS };
}

/** While the detector is not tried: a collapse is remembered, and its end told when it is tried again and works. */
export function withoutRuns(earlier: CanaryStatus | undefined): CanaryStatus {
  const { collapsedAtMs, recoveredAtMs } = earlier ?? {};
  return { state: "off", collapsedAtMs, recoveredAtMs };
}

/** After a run, of whose odd sequences so many had to be found. */
export function afterRun(
  { status, badRuns, goodRuns }: CanaryHealth,
  { odd, found, normal, flagged }: CanaryGrade,
  required: RequiredRecall,
  nowMs: number,
): CanaryHealth {
  const recallRatio = found / Math.max(1, odd);
  const falseAlarmRatio = normal === 0 ? undefined : flagged / normal;
  const { recallRatio: requiredRatio, recoveryRatio } = required;
  const measured = { ...status, recallRatio, requiredRatio, falseAlarmRatio, checkedAtMs: nowMs };
  if (recallRatio < requiredRatio) {
    const runs = { ...NO_RUNS, badRuns: badRuns + 1 };
    return { status: runs.badRuns < BAD_RUNS ? measured : collapsed(measured, nowMs), ...runs };
  }
  const runs = { ...NO_RUNS, goodRuns: recallRatio >= recoveryRatio ? goodRuns + 1 : 0 };
  const isOver = status.state !== "collapsed" || runs.goodRuns >= GOOD_RUNS;
  return { status: isOver ? well(measured, nowMs) : measured, ...runs };
}

/** After a run that came to nothing, because the model had no time for it. */
export function afterMissed({ status, missedRuns, ...runs }: CanaryHealth): CanaryHealth {
  const { state, collapsedAtMs, recoveredAtMs } = status;
  const missed = missedRuns + 1;
  if (missed < MISSED_RUNS || state === "collapsed") return { status, ...runs, missedRuns: missed };
  return { status: { state: "waiting", collapsedAtMs, recoveredAtMs }, ...NO_RUNS, missedRuns: missed };
}

/** Of a collapse that is not over. */
function isOpen({ collapsedAtMs, recoveredAtMs }: CanaryStatus): boolean {
  return collapsedAtMs !== undefined && recoveredAtMs === undefined;
}

function collapsed(status: CanaryStatus, nowMs: number): CanaryStatus {
  return {
    ...status,
    state: "collapsed",
    collapsedAtMs: isOpen(status) ? status.collapsedAtMs : nowMs,
    recoveredAtMs: undefined,
  };
}

function well(status: CanaryStatus, nowMs: number): CanaryStatus {
  return { ...status, state: "well", recoveredAtMs: isOpen(status) ? nowMs : status.recoveredAtMs };
}
