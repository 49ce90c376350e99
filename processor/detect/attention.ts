import { createPauses, type Together } from "./pauses.ts";

/** When nobody watched for this long, nothing was acknowledged, or the clock was set, a silence may be our own. In
 * milliseconds. */
const OWN_SILENCE_MS = 10_000;
/** Where nothing comes from anybody for this long, it is told: by then what sends has been restarted, or did not come back. In
 * milliseconds. */
const TOTAL_SILENCE_MS = 120_000;

/** Nothing has come from anybody. */
export interface TotalSilence {
  readonly silentMs: number;
  /** Since when what came was delivered, and somebody watched. */
  readonly fromMs: number;
  /** The longest pause of all lately. */
  readonly longestMs: number;
  /** When the one before it was told: who has not come since is no part of this one. */
  readonly toldMs: number;
}

/** Nobody listens while nothing is delivered or watched for; nor while nothing comes from any of several services for longer than usual:
 * that is, more often than not, what sends them. */
export interface Listening {
  /** Since when what came was delivered, and somebody watched. */
  readonly deliveredMs: number;
  /** Since when all of them did not pause; -Infinity where they never did. */
  readonly pausedMs: number;
}

/** Since when somebody has listened without a break: what could not come did not fail to come. All times by the wall clock. */
export interface Attention {
  scored(nowMs: number): void;
  /** Something has come and was delivered. */
  learned(nowMs: number): void;
  watched(nowMs: number): void;
  listening(nowMs: number): Listening;
  /** Once it is long enough to be told; undefined where only one service writes, whose own silence it is, and after `tell`. */
  totalSilence(nowMs: number): TotalSilence | undefined;
  /** It is known, until something comes. */
  tell(nowMs: number): void;
}

/**
 * Nothing was heard yet.
 * @param togetherSince who has written at that time or later
 */
export function createAttention(togetherSince: (sinceMs: number) => Together): Attention {
  const pauses = createPauses(togetherSince);
  /** Since when something that was scored has waited for its acknowledgement. */
  let pendingSinceMs: number | undefined;
  let watchedMs: number | undefined;
  let deliveredFromMs: number | undefined;
  let pausedMs = Number.NEGATIVE_INFINITY;
  let toldMs = Number.NEGATIVE_INFINITY;
  let isTold = false;

  const deliveredFrom = (nowMs: number) => {
    deliveredFromMs ??= nowMs;
    const isStuck = nowMs - (pendingSinceMs ?? nowMs) > OWN_SILENCE_MS;
    if (isStuck || Math.abs(nowMs - (watchedMs ?? nowMs)) > OWN_SILENCE_MS) deliveredFromMs = nowMs;
    return deliveredFromMs;
  };
  /** Later than now: the clock was set back. */
  const unlessLater = (timeMs: number, nowMs: number) => (timeMs > nowMs ? Number.NEGATIVE_INFINITY : timeMs);

  return {
    scored(nowMs) {
      pendingSinceMs ??= nowMs;
    },
    learned(nowMs) {
      pauses.heard(nowMs, deliveredFrom(nowMs));
      pendingSinceMs = undefined;
      isTold = false;
    },
    watched(nowMs) {
      watchedMs = nowMs;
    },
    listening(nowMs) {
      const deliveredMs = deliveredFrom(nowMs);
      if (pauses.isOdd(nowMs, deliveredMs)) pausedMs = nowMs;
      return { deliveredMs, pausedMs: unlessLater(pausedMs, nowMs) };
    },
    totalSilence(nowMs) {
      const fromMs = deliveredFrom(nowMs);
      const silentMs = pauses.lengthMs(nowMs, fromMs);
      const fromLengthMs = Math.max(TOTAL_SILENCE_MS, pauses.habitMs(nowMs));
      if (isTold || silentMs < fromLengthMs || !pauses.isOdd(nowMs, fromMs)) return undefined;
      const longestMs = pauses.longestMs(nowMs);
      return { silentMs, fromMs, longestMs, toldMs: unlessLater(toldMs, nowMs) };
    },
    tell(nowMs) {
      isTold = true;
      toldMs = nowMs;
    },
  };
}
