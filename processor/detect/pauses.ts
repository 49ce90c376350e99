import { silentFor } from "./silent-for.ts";

/** A pause of all services is odd from this on, in milliseconds, and from so many times the longest gap of whoever pauses least. With
 * these no service's own silence is told before (see arrivals.ts: 30 s, and 2.5 times its own longest gap). */
const PAUSE_MIN_MS = 10_000;
const PAUSE_TIMES = 1.5;
/** What the longest usual pause weighs after a second in which something came. */
const PAUSE_FADING = 0.995;
const SECOND_MS = 1_000;
/** Odd pauses that are known, and for how long, in milliseconds. */
const ODD_MAX = 10;
const ODD_KNOWN_MS = 86_400_000;
/** Odd pauses of a length that make it a habit: the death of who writes most often makes two, until the others know that it is away. */
const HABIT_FROM = 3;
/** Who has not written for so long before all paused did not pause with them, in milliseconds. */
const TOGETHER_MS = 3_600_000;

interface OddPause {
  readonly endMs: number;
  readonly lengthMs: number;
}

/** Services that write. */
export interface Together {
  readonly areSeveral: boolean;
  /** The shortest of their longest gaps lately, in milliseconds; undefined while none is known well enough. */
  readonly longestGapMs: number | undefined;
}

/** The times in which nothing comes from anybody, by the wall clock; `fromMs` is since when what came was delivered. */
export interface Pauses {
  /** Something has come. */
  heard(nowMs: number, fromMs: number): void;
  /** Of the pause that lasts; 0 where nothing has come yet. */
  lengthMs(nowMs: number, fromMs: number): number;
  /** Whether several pause, for longer than they do of themselves. */
  isOdd(nowMs: number, fromMs: number): boolean;
  /** From which length on a pause is longer than even the odd ones, in milliseconds: what came three times within a day is no news. */
  habitMs(nowMs: number): number;
  /** Of all, lately; odd ones are known for a day. */
  longestMs(nowMs: number): number;
}

/**
 * Nothing was heard yet.
 * @param togetherSince who has written at that time or later
 */
export function createPauses(togetherSince: (sinceMs: number) => Together): Pauses {
  let heardMs: number | undefined;
  let fadedMs = 0;
  let longestMs = 0;
  /** The newest last. */
  let odd: readonly OddPause[] = [];

  const lengthMs = (nowMs: number, fromMs: number) =>
    heardMs === undefined ? 0 : silentFor(heardMs, nowMs, fromMs);
  const isOdd = (nowMs: number, fromMs: number) => {
    const pauseMs = lengthMs(nowMs, fromMs);
    if (heardMs === undefined || pauseMs <= PAUSE_MIN_MS) return false;
    // Who came neither after the last odd pause nor after the one before it is away, and pauses with nobody. That someone came once
    // proves nothing: while what sends has its troubles some come through. An end later than now: the clock was set back.
    const { endMs = Number.NEGATIVE_INFINITY } = odd.filter((one) => one.endMs <= nowMs).at(-2) ?? {};
    const sinceMs = Math.max(endMs, Math.min(heardMs, nowMs) - TOGETHER_MS);
    const { areSeveral, longestGapMs = 0 } = togetherSince(sinceMs);
    return areSeveral && pauseMs > PAUSE_TIMES * longestGapMs;
  };
  const oddLengths = (nowMs: number) =>
    odd
      .filter(({ endMs }) => Math.abs(nowMs - endMs) < ODD_KNOWN_MS)
      .map((one) => one.lengthMs)
      .sort((a, b) => b - a);

  return {
    lengthMs,
    isOdd,
    heard(nowMs, fromMs) {
      const pauseMs = lengthMs(nowMs, fromMs);
      if (isOdd(nowMs, fromMs)) odd = [...odd, { endMs: nowMs, lengthMs: pauseMs }].slice(-ODD_MAX);
      else longestMs = Math.max(longestMs, pauseMs);
      if (Math.abs(nowMs - fadedMs) >= SECOND_MS) {
        longestMs *= PAUSE_FADING;
        fadedMs = nowMs;
      }
      heardMs = nowMs;
    },
    habitMs: (nowMs) => PAUSE_TIMES * (oddLengths(nowMs)[HABIT_FROM - 1] ?? 0),
    longestMs: (nowMs) => Math.max(longestMs, oddLengths(nowMs)[0] ?? 0),
  };
}
