import { createReservoir, type ReservoirState } from "./reservoir.ts";
import { P_FLOOR } from "./score.ts";
import { fitTail, type Tail, tailFrom, tailProbability } from "./tail.ts";

/** A surprise below this says nothing. */
const SILENT_BELOW = 1e-6;

/** Beyond the sample a fall of p by a factor e is believed as one by 1 / (1 + CAUTION * distance in nats) of that. */
const CAUTION = 0.3;

/** The distribution of a detector's surprises in one service, as far as it is known. */
export interface SampledDistribution {
  /** P(a normal value is at least this high): conformal inside the sample, by its tail beyond; 1e-300 to 1. */
  pValue(value: number): number;
  /** The same, but the farther beyond the sample, the less its tail is believed: -ln p grows ever slower there. It
   * makes up for a badly known scale too, so that the tail's fitted shape is the one meant. */
  cautiousPValue(value: number): number;
  /** The conformal p-value alone: (1 + values at least this high) / (size + 1), or 0 where there is none. */
  seenShare(value: number): number;
  /** The share of the sample in which the detector had nothing to say (0); 0 without a sample. */
  silentShare(): number;
  /** How many values it was learned from, those included that the sample has let go. */
  learned(): number;
  learn(value: number): void;
  snapshot(): ReservoirState;
}

/**
 * Conformal p-values (Bates et al., Annals of Statistics 2023) on a rolling sample, with a fitted tail so that p can go
 * below 1/n. Ties count as "at least as high", so that a mostly silent detector gives no false smallness.
 * @param scaleMin see fitTail
 */
export function createSampledDistribution(
  capacity: number,
  scaleMin: number,
  state?: ReservoirState,
): SampledDistribution {
  const reservoir = createReservoir(capacity, state);
  let tail: Tail | undefined;
  let fittedAt = 0;

  let tailStart = 0;
  let startedAt = -1;

  const currentTail = (): Tail => {
    if (tail === undefined || fittedAt < reservoir.offered()) {
      tail = fitTail(reservoir.sorted(), scaleMin);
      fittedAt = reservoir.offered();
    }
    return tail;
  };
  const currentTailStart = (): number => {
    if (startedAt < reservoir.offered()) {
      tailStart = tailFrom(reservoir.sorted());
      startedAt = reservoir.offered();
    }
    return tailStart;
  };

  const sampledP = (value: number, shapeOf: (tail: Tail) => number): number => {
    const above = reservoir.countAtLeast(value);
    const conformal = (above + 1) / (reservoir.size() + 1);
    if (value <= currentTailStart()) return conformal;
    const fitted = currentTail();
    const seen = above / (reservoir.size() + 1);
    return Math.min(conformal, Math.max(P_FLOOR, seen, tailProbability(fitted, value, shapeOf(fitted))));
  };

  return {
    pValue: (value) => sampledP(value, ({ predictiveShape }) => predictiveShape),
    cautiousPValue(value) {
      const p = sampledP(value, ({ shape }) => shape);
      const sampled = 1 / (reservoir.size() + 1);
      if (p >= sampled) return p;
      return Math.max(p, sampled * (1 + CAUTION * Math.log(sampled / p)) ** (-1 / CAUTION));
    },
    seenShare(value) {
      const above = reservoir.countAtLeast(value);
      return above === 0 ? 0 : (above + 1) / (reservoir.size() + 1);
    },
    silentShare() {
      const size = reservoir.size();
      return size === 0 ? 0 : 1 - reservoir.countAtLeast(SILENT_BELOW) / size;
    },
    learned() {
      return reservoir.offered();
    },
    learn: (value) => reservoir.offer(value),
    snapshot: () => reservoir.snapshot(),
  };
}
