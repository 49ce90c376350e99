import type { StageStatus } from "../store/store.ts";

/** A stage that has not been heard of for this long is not running, or cannot write. */
export const STALE_AFTER_MS = 15_000;

/** Whether a stage was heard of lately, and has not said that it stops. */
export function isHeard(
  { updatedAtMs, hasStopped = false }: Pick<StageStatus, "updatedAtMs" | "hasStopped">,
  nowMs: number,
): boolean {
  return !hasStopped && nowMs - updatedAtMs <= STALE_AFTER_MS;
}

/** The stages that run: those heard of lately, where there are none the one that was heard of last. None where none has ever been. */
export function runningStages(statuses: readonly StageStatus[], nowMs: number): readonly StageStatus[] {
  const heard = statuses.filter((one) => isHeard(one, nowMs));
  return heard.length > 0 ? heard : statuses.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs).slice(0, 1);
}
