import { LRUCache } from "lru-cache";
import { type ServiceRecall, USUAL_SERVICES_MAX } from "../../store/store.ts";

/** Runs before that counts, and runs that it is a mean of: it follows what a service becomes, and no single run. */
const RUNS_MIN = 3;
const RUNS_MAX = 50;
/** What is usually found at the least: a model that finds ever less must not be expected to. */
const USUAL_MIN = 0.5;
/** As {@link USUAL_MIN}, for the end of a collapse: a model that answers by chance finds about a quarter, and must not end it by luck. */
const USUAL_MIN_RECOVERY = 0.7;
/** How much better than badly a run must go that speaks for the end of a collapse: at the bar itself it would be over and there again
 * for ever. */
const RECOVERY_MARGIN = 0.1;

/** A service of a run, and how many of its odd sequences were found. */
export interface TriedService {
  readonly service: string;
  readonly odd: number;
  readonly found: number;
}

/** Shares of a run's odd sequences, 0 to 1. */
export interface RequiredRecall {
  /** A run in which fewer are found went badly. */
  readonly recallRatio: number;
  /** In a collapse, a run in which as many are found went well. */
  readonly recoveryRatio: number;
}

/**
 * What is usually found, of each service: in one that writes much that is new, or in any order, a model that works well finds half of
 * what it finds in others, so that a drop is one from what was usual there.
 */
export interface UsualRecall {
  /**
   * Where a service is not known yet, no run goes badly that finds half of what is asked of others, and none speaks for the end of a
   * collapse that finds less than that.
   * @param minRecall share of what is usually found, 0 to 1
   */
  required(tried: readonly TriedService[], minRecall: number): RequiredRecall;
  /** Of a run that did not go badly, while the detector works. */
  learn(tried: readonly TriedService[]): void;
  /** What is known by now, for a restart; undefined for nothing. The service learned last comes last. */
  snapshot(): readonly ServiceRecall[] | undefined;
}

/**
 * @param ideal a service of which all is expected from the start
 * @param earlier what was known before a restart, of the same weights
 */
export function createUsualRecall(ideal: string, earlier: readonly ServiceRecall[] = []): UsualRecall {
  const known = new LRUCache<string, { readonly runs: number; readonly mean: number }>({
    max: USUAL_SERVICES_MAX,
  });
  for (const { service, runs, meanRatio: mean } of earlier) known.set(service, { runs, mean });
  const usualOf = (service: string, unknown: number, min: number) => {
    if (service === ideal) return 1;
    const { runs = 0, mean = unknown } = known.peek(service) ?? {};
    return runs < RUNS_MIN ? unknown : Math.max(min, mean);
  };
  const usual = (tried: readonly TriedService[], unknown: number, min: number) => {
    const found = tried.reduce((sum, { service, odd }) => sum + odd * usualOf(service, unknown, min), 0);
    return found / Math.max(1, oddOf(tried));
  };
  return {
    required: (tried, minRecall) => ({
      recallRatio: minRecall * usual(tried, USUAL_MIN, USUAL_MIN),
      recoveryRatio: Math.min(1, minRecall + RECOVERY_MARGIN) * usual(tried, 1, USUAL_MIN_RECOVERY),
    }),
    learn(tried) {
      for (const { service, odd, found } of tried) {
        if (odd === 0 || service === ideal) continue;
        const { runs = 0, mean = 0 } = known.get(service) ?? {};
        const counted = Math.min(runs + 1, RUNS_MAX);
        known.set(service, { runs: counted, mean: mean + (found / odd - mean) / counted });
      }
    },
    snapshot() {
      if (known.size === 0) return undefined;
      return known
        .dump()
        .map(([service, { value }]) => ({ service, runs: value.runs, meanRatio: value.mean }));
    },
  };
}

function oddOf(tried: readonly TriedService[]): number {
  return tried.reduce((sum, { odd }) => sum + odd, 0);
}
