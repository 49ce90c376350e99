/** How judging goes. scoring: as it should; degraded: without some detector; shedding: records pass without a verdict. */
export type ScoringState = "scoring" | "degraded" | "shedding";

/** What is told of it to people. */
export interface ScoringHealth {
  readonly state: ScoringState;
  /** Share of the last minute's records that passed without a verdict because there was no time for one or something broke. */
  readonly unscoredRatio: number;
  /** Share of the last minute's records that were judged without a detector that was late, busy or broken; where several were
   * missing, that of the one that was missing most. */
  readonly degradedRatio: number;
}

/** Adds up what happens to records, and says how judging goes now. */
export interface ScoringHealthMeter {
  /** @param degraded by detector: how many of the records were judged without it */
  add(records: number, unscored: number, degraded: ReadonlyMap<string, number>): void;
  now(): ScoringHealth;
}

const RATIO_SECONDS = 60;
/** The state is that of the last seconds, so that it comes back soon. */
const STATE_SECONDS = 10;
/** A smaller share is told by the figures, and is no state of its own. */
const STATE_FROM_RATIO = 0.01;

interface Second {
  records: number;
  unscored: number;
  readonly degraded: Map<string, number>;
}

/** @param now milliseconds, monotonic or since the epoch */
export function createScoringHealth(now: () => number): ScoringHealthMeter {
  const seconds = new Map<number, Second>();
  const second = () => Math.floor(now() / 1000);

  const shares = (lastSeconds: number) => {
    const from = second() - lastSeconds;
    let [records, unscored] = [0, 0];
    const degraded = new Map<string, number>();
    for (const [at, one] of seconds) {
      if (at <= from) continue;
      records += one.records;
      unscored += one.unscored;
      for (const [detector, count] of one.degraded)
        degraded.set(detector, (degraded.get(detector) ?? 0) + count);
    }
    const most = Math.max(0, ...degraded.values());
    return { unscored: unscored / Math.max(1, records), degraded: most / Math.max(1, records) };
  };

  return {
    add(records, unscored, degraded) {
      const key = second();
      // A clock that is set back, too, leaves no more than so many seconds.
      for (const old of seconds.keys()) if (Math.abs(key - old) >= RATIO_SECONDS) seconds.delete(old);
      const one = seconds.get(key) ?? { records: 0, unscored: 0, degraded: new Map<string, number>() };
      one.records += records;
      one.unscored += unscored;
      for (const [detector, count] of degraded)
        one.degraded.set(detector, (one.degraded.get(detector) ?? 0) + count);
      seconds.set(key, one);
    },
    now() {
      const lately = shares(STATE_SECONDS);
      const minute = shares(RATIO_SECONDS);
      return { state: stateOf(lately), unscoredRatio: minute.unscored, degradedRatio: minute.degraded };
    },
  };
}

function stateOf({
  unscored,
  degraded,
}: {
  readonly unscored: number;
  readonly degraded: number;
}): ScoringState {
  if (unscored >= STATE_FROM_RATIO) return "shedding";
  return degraded >= STATE_FROM_RATIO ? "degraded" : "scoring";
}
