/** When nobody watched for this long, nothing was acknowledged, or the clock was set, a silence may be our own. In
 * milliseconds. */
const OWN_SILENCE_MS = 10_000;
/** A pause of all services is odd from this on, in milliseconds, and from so many times the longest one lately. With these no service's
 * own silence is told before (see arrivals.ts: 30 s, and 2.5 times its longest gap, which is no shorter than everybody's). */
const PAUSE_MIN_MS = 10_000;
const PAUSE_TIMES = 1.5;
/** An odd pause makes the longest one longer by so much at most: it takes many to be a habit. */
const PAUSE_GROWTH = 1.1;
/** What the longest pause weighs after a second in which something came. */
const PAUSE_FADING = 0.995;
const SECOND_MS = 1_000;
/** Where nothing comes from anybody for this long, it is told: by then what sends has been restarted, or did not come back. In
 * milliseconds. */
const TOTAL_SILENCE_MS = 120_000;

/** Nothing has come from anybody. */
export interface TotalSilence {
  readonly silentMs: number;
  /** Since when what came was delivered, and somebody watched. */
  readonly fromMs: number;
  /** The longest pause of all lately; an odd one counts for little. */
  readonly longestMs: number;
}

/** Since when somebody has listened without a break: what could not come did not fail to come. All times by the wall clock. */
export interface Attention {
  scored(nowMs: number): void;
  /** Something of these services has come and was delivered. */
  learned(nowMs: number, services: Iterable<string>): void;
  watched(nowMs: number): void;
  /**
   * Nobody listens while nothing is delivered or watched for; nor while nothing comes from any of several services for longer than usual:
   * that is, more often than not, what sends them.
   */
  since(nowMs: number): number;
  /** Once it is long enough to be told; undefined where only one service is known, whose own silence it is, and after `tell`. */
  totalSilence(nowMs: number): TotalSilence | undefined;
  /** It is known, until something comes. */
  tell(): void;
}

/** Nothing was heard yet. */
export function createAttention(): Attention {
  /** Since when something that was scored has waited for its acknowledgement. */
  let pendingSinceMs: number | undefined;
  let watchedMs: number | undefined;
  let deliveredFromMs = Number.NEGATIVE_INFINITY;
  let heardFromMs = Number.NEGATIVE_INFINITY;
  let heardMs: number | undefined;
  let fadedMs = 0;
  let longestMs = 0;
  let isTold = false;
  let onlyService: string | undefined;
  let areSeveral = false;

  const deliveredFrom = (nowMs: number) => {
    const isStuck = nowMs - (pendingSinceMs ?? nowMs) > OWN_SILENCE_MS;
    if (isStuck || Math.abs(nowMs - (watchedMs ?? nowMs)) > OWN_SILENCE_MS) deliveredFromMs = nowMs;
    return deliveredFromMs;
  };
  const pauseMs = (nowMs: number) => {
    const fromMs = deliveredFrom(nowMs);
    if (heardMs === undefined) return 0;
    return nowMs - (heardMs > nowMs ? fromMs : Math.max(heardMs, fromMs));
  };
  const oddPauseMs = () => Math.max(PAUSE_MIN_MS, PAUSE_TIMES * longestMs);

  return {
    scored(nowMs) {
      pendingSinceMs ??= nowMs;
    },
    learned(nowMs, services) {
      longestMs = Math.max(
        longestMs,
        Math.min(pauseMs(nowMs), Math.max(PAUSE_MIN_MS, PAUSE_GROWTH * longestMs)),
      );
      if (Math.abs(nowMs - fadedMs) >= SECOND_MS) {
        longestMs *= PAUSE_FADING;
        fadedMs = nowMs;
      }
      for (const service of services) {
        onlyService ??= service;
        areSeveral ||= service !== onlyService;
      }
      pendingSinceMs = undefined;
      heardMs = nowMs;
      isTold = false;
    },
    watched(nowMs) {
      watchedMs = nowMs;
    },
    since(nowMs) {
      if (areSeveral && pauseMs(nowMs) > oddPauseMs()) heardFromMs = nowMs;
      // Later than now: the clock was set back.
      return Math.max(deliveredFrom(nowMs), heardFromMs > nowMs ? Number.NEGATIVE_INFINITY : heardFromMs);
    },
    totalSilence(nowMs) {
      const silentMs = pauseMs(nowMs);
      if (isTold || !areSeveral || silentMs < Math.max(TOTAL_SILENCE_MS, oddPauseMs())) return undefined;
      return { silentMs, fromMs: deliveredFrom(nowMs), longestMs };
    },
    tell() {
      isTold = true;
    },
  };
}
