/** What the live detector says of the last event of a sequence. */
export interface CanaryAnswer {
  /** The event model's own surprise, in nats; NaN where it gave no answer. */
  readonly surprise: number;
  /** The score of the verdict, 0 to 1; NaN where there is none. */
  readonly score: number;
  readonly isAnomaly: boolean;
}

/** The answers about one service's sequences. */
export interface CanaryAnswers {
  /** About the normal sequences by themselves, as records are judged. */
  readonly normal: readonly CanaryAnswer[];
  /** About the same ones, in one choice with the odd ones: what the model is surprised by depends on what it chooses between. */
  readonly beside: readonly CanaryAnswer[];
  readonly odd: readonly CanaryAnswer[];
  /** Whether enough is known of the service for verdicts; else the model is asked alone. */
  readonly hasVerdicts: boolean;
  /** Whether the order of its messages tells what comes next. */
  readonly isPredictable: boolean;
}

/** How a run went; counts of sequences. */
export interface CanaryGrade {
  readonly odd: number;
  /** Odd ones that were found. */
  readonly found: number;
  /** Normal ones that there were verdicts on. */
  readonly normal: number;
  /** Those of them that would have been flagged. */
  readonly flagged: number;
}

/** Share of a service's normal sequences that an odd one has to be odder than; where nothing is known of the service, or nothing can
 * be told of what comes next, the model is surprised by much that is normal. */
const BAR_SHARE = 0.75;
const BAR_SHARE_UNKNOWN = 0.5;

/**
 * An odd sequence is found when both the event model and the verdict find it odder than three of four normal sequences of its
 * service, or than half of them where its order is not predictable; where there are no verdicts yet, when the model finds it odder than half of them. The model's surprises are compared within
 * one choice, so that a model to which all candidates are alike finds nothing; the verdict on normal ones is that without foreign
 * candidates, because in a very regular service any surprise at all is odd. Of the order alone, not of the
 * threshold: what people set changes nothing. The model by itself, because the other detectors find much of it too, and would hide
 * that it is broken. What gives every sequence the same finds none, what answers nothing or turns odd and normal around finds none
 * either, and chance finds about a quarter, or half.
 */
export function grade(services: readonly CanaryAnswers[]): CanaryGrade {
  let [oddCount, found, normalCount, flagged] = [0, 0, 0, 0];
  for (const { normal, beside, odd, hasVerdicts, isPredictable } of services) {
    const share = hasVerdicts && isPredictable ? BAR_SHARE : BAR_SHARE_UNKNOWN;
    const surpriseBar = barOf(
      beside.map(({ surprise }) => surprise),
      share,
    );
    const scoreBar = barOf(
      normal.map(({ score }) => score),
      share,
    );
    oddCount += odd.length;
    found += odd.filter(
      ({ surprise, score }) => surprise > surpriseBar && (!hasVerdicts || score > scoreBar),
    ).length;
    if (!hasVerdicts) continue;
    normalCount += normal.length;
    flagged += normal.filter(({ isAnomaly }) => isAnomaly).length;
  }
  return { odd: oddCount, found, normal: normalCount, flagged };
}

/** What no answer is above: NaN where a normal sequence got none, so that half an answer is no way to look well. */
function barOf(values: readonly number[], share: number): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN;
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN;
}
